#pragma once

#include "forest_kernels.h"

/// Fills rows with a block of ranks, of which there are column_count columns, row by row, where
/// forest_add_tiles reads these.
void forest_fill_rows(
    forest_instructions instructions, const int8_t *ranks, size_t column_count, int8_t *rows);

/// Adds the values of forest_slot_rows rows that leave the tree's top with `codes`.
///
/// - `ranks` and `rows` hold the same, from the first of these rows on; plain instructions read
///   ranks, others rows.
/// - `row_vectors` is how many vectors a row of `rows` has.
void forest_add_tiles(
    forest_instructions instructions, const forest_program *program, const forest_tree *tree,
    const uint8_t *codes, const int8_t *ranks, const int8_t *rows, size_t row_vectors,
    forest_units *sums);
