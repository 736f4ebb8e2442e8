#include "forest_kernels.h"
#include "forest_targets.h"

#define OBLIQUE_NAME blend_plain
#define OBLIQUE_SUM sum_plain
#define OBLIQUE_TARGET
#define OBLIQUE_LANES 16
#include "forest_oblique_body.h"

#ifdef FOREST_X86
#define OBLIQUE_NAME blend_avx2
#define OBLIQUE_SUM sum_avx2
#define OBLIQUE_TARGET FOREST_AVX2
#define OBLIQUE_LANES 32
#include "forest_oblique_body.h"

#define OBLIQUE_NAME blend_avx512
#define OBLIQUE_SUM sum_avx512
#define OBLIQUE_TARGET FOREST_AVX512
#define OBLIQUE_LANES 64
#include "forest_oblique_body.h"
#endif

void forest_blend_oblique(
    forest_instructions instructions, const forest_program_tree *trees, size_t tree_count,
    const forest_oblique_step *steps, const forest_term *terms, const float *block,
    forest_units *sums) {
  for (size_t tree = 0; tree < tree_count; tree++) {
    const forest_oblique_step *start = steps + trees[tree].step_start;
    const forest_oblique_step *end = steps + trees[tree].step_end;
    _Alignas(64) forest_units values[forest_block_rows];
    switch (instructions) {
#ifdef FOREST_X86
    case forest_avx512: blend_avx512(start, end, terms, block, values); break;
    case forest_avx2: blend_avx2(start, end, terms, block, values); break;
#endif
    default: blend_plain(start, end, terms, block, values);
    }
    for (size_t row = 0; row < forest_block_rows; row++) sums[row] += values[row];
  }
}
