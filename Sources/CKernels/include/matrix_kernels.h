#pragma once

#include "forest_kernels.h"
#include <stdbool.h>
#include <stddef.h>

/// The greatest width of the panels that a product packs its right side into.
enum { matrix_panel_width = 16 };

/// result[rows × columns] = left[rows × inner] · right[inner × columns], all row-major; with `adds`,
/// the product is added to what is there.
///
/// Each number is the sum over `inner` in ascending order, every product rounded before it is added:
/// all instructions give the same bits.
/// - packed: scratch for inner × matrix_panel_width numbers.
void matrix_multiply(
    forest_instructions instructions, const float *left, const float *right, size_t rows,
    size_t inner, size_t columns, bool adds, float *packed, float *result);

/// result[i] = e^values[i] within 2 units in the last place, for values that are no NaN; those
/// below -87 count as -87, those above 88 as 88. All instructions give the same bits.
void matrix_exponentials(
    forest_instructions instructions, const float *values, size_t count, float *result);
