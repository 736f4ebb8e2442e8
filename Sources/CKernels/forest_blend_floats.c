#include "forest_kernels.h"
#include "forest_targets.h"

#define BLEND_STEP forest_float_step
#define BLEND_FEATURE float
#define BLEND_VALUE forest_units

#define BLEND_NAME blend_plain
#define BLEND_TARGET
#define BLEND_LANES 16
#include "forest_blend_body.h"

#ifdef FOREST_X86
#define BLEND_NAME blend_avx2
#define BLEND_TARGET FOREST_AVX2
#define BLEND_LANES 32
#include "forest_blend_body.h"

#define BLEND_NAME blend_avx512
#define BLEND_TARGET FOREST_AVX512
#define BLEND_LANES 64
#include "forest_blend_body.h"
#endif

void forest_blend_floats(
    forest_instructions instructions, const forest_program_tree *trees, size_t tree_count,
    const forest_float_step *steps, const float *block, forest_units *sums) {
  for (size_t tree = 0; tree < tree_count; tree++) {
    const forest_float_step *start = steps + trees[tree].step_start;
    const forest_float_step *end = steps + trees[tree].step_end;
    _Alignas(64) forest_units values[forest_block_rows];
    switch (instructions) {
#ifdef FOREST_X86
    case forest_avx512: blend_avx512(start, end, block, values); break;
    case forest_avx2: blend_avx2(start, end, block, values); break;
#endif
    default: blend_plain(start, end, block, values);
    }
    for (size_t row = 0; row < forest_block_rows; row++) sums[row] += values[row];
  }
}
