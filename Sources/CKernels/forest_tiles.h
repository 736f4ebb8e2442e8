#pragma once

#include "forest_kernels.h"

/// Fills rows with a block of ranks, of which there are column_count columns, row by row, where
/// forest_add_tiles reads these.
void forest_fill_rows(
    forest_instructions instructions, const int8_t *ranks, size_t column_count, int8_t *rows);

/// Adds the values of the block's rows, which leave the tree's top with its codes.
///
/// Plain instructions read its ranks, others its rows, of row_vectors vectors each.
void forest_add_tiles(
    forest_instructions instructions, const forest_program *program, const forest_tree *tree,
    const forest_block *block, size_t row_vectors);
