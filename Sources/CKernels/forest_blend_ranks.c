#include "forest_kernels.h"
#include "forest_targets.h"

#define BLEND_STEP forest_rank_step
#define BLEND_FEATURE int16_t
#define BLEND_VALUE int16_t

#define BLEND_NAME blend_plain
#define BLEND_TARGET
#define BLEND_LANES 32
#include "forest_blend_body.h"

/// Adds what the rows' codes stand for.
static void add_plain(const int16_t *codes, const forest_units *table, forest_units *sums) {
  for (size_t row = 0; row < forest_block_rows; row++) sums[row] += table[codes[row]];
}

#ifdef FOREST_X86
#define BLEND_NAME blend_avx2
#define BLEND_TARGET FOREST_AVX2
#define BLEND_LANES 64
#include "forest_blend_body.h"

#define BLEND_NAME blend_avx512
#define BLEND_TARGET FOREST_AVX512
#define BLEND_LANES 128
#include "forest_blend_body.h"

/// The same for tables of 32 entries, held in two registers, or several times 32.
FOREST_AVX512 static void add_avx512(
    const int16_t *codes, const forest_units *table, size_t entries, forest_units *sums) {
  for (size_t row = 0; row < forest_block_rows; row += 16) {
    __m512i code = _mm512_cvtepu16_epi32(_mm256_load_si256((const __m256i *)(codes + row)));
    __m512i value = _mm512_permutex2var_epi32(
        _mm512_loadu_si512(table), code, _mm512_loadu_si512(table + 16));
    for (size_t entry = forest_table_stride; entry < entries; entry += forest_table_stride) {
      __mmask16 is_further = _mm512_cmpge_epu32_mask(code, _mm512_set1_epi32((int)entry));
      value = _mm512_mask_mov_epi32(
          value, is_further,
          _mm512_permutex2var_epi32(
              _mm512_loadu_si512(table + entry), code, _mm512_loadu_si512(table + entry + 16)));
    }
    __m512i *sum = (__m512i *)(sums + row);
    *sum = _mm512_add_epi32(*sum, value);
  }
}
#endif

void forest_blend_ranks(
    forest_instructions instructions, const forest_program_tree *trees, size_t tree_count,
    const forest_rank_step *steps, const forest_units *values, const int16_t *block,
    forest_units *sums) {
  for (size_t tree = 0; tree < tree_count; tree++) {
    const forest_rank_step *start = steps + trees[tree].step_start;
    const forest_rank_step *end = steps + trees[tree].step_end;
    const forest_units *table = values + trees[tree].table_start;
      _Alignas(64) int16_t codes[forest_block_rows];
    switch (instructions) {
#ifdef FOREST_X86
    case forest_avx512:
      blend_avx512(start, end, block, codes);
      add_avx512(
          codes, table, trees[tree].table_end - trees[tree].table_start, sums);
      break;
    case forest_avx2:
      blend_avx2(start, end, block, codes);
      add_plain(codes, table, sums);
      break;
#endif
    default:
      blend_plain(start, end, block, codes);
      add_plain(codes, table, sums);
    }
  }
}
