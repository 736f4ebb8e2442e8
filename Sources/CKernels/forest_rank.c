#include "forest_kernels.h"
#include "forest_targets.h"
#include <string.h>

uint32_t forest_float_key(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits ^ ((uint32_t)((int32_t)bits >> 31) | 0x80000000u);
}

/// The bucket in which each value's rank is sought; values outside all buckets use the nearest.
static inline __attribute__((always_inline)) void find_buckets(
    const forest_ranking *ranking, const float *values, uint32_t *buckets) {
  const uint32_t first_key = ranking->first_key;
  const uint32_t last = ranking->bucket_count - 1;
  for (size_t row = 0; row < forest_block_rows; row++) {
    uint32_t key = forest_float_key(values[row]);
    uint32_t offset = key < first_key ? 0 : key - first_key;
    uint32_t bucket = offset >> ranking->key_shift;
    buckets[row] = bucket < last ? bucket : last;
  }
}

/// The first of at most eight thresholds among which the value's rank is decided.
static inline __attribute__((always_inline)) uint32_t narrow(
    const forest_ranking *ranking, uint32_t bucket, float value, bool is_wide) {
  uint32_t low = ranking->starts[bucket];
  if (is_wide) {
    uint32_t width = ranking->starts[bucket + 1] - low;
    while (width > 8) {
      uint32_t half = width / 2;
      low += ranking->thresholds[low + half - 1] < value ? half : 0;
      width -= half;
    }
  }
  return low;
}

/// Replaces the ranks of missing values.
static inline __attribute__((always_inline)) void mark_missing(
    const float *values, uint16_t *ranks) {
  for (size_t row = 0; row < forest_block_rows; row++)
    ranks[row] = values[row] == values[row] ? ranks[row] : forest_missing_rank;
}

static void rank_plain(const forest_ranking *ranking, const float *values, uint16_t *ranks) {
  uint32_t buckets[forest_block_rows];
  find_buckets(ranking, values, buckets);
  for (size_t row = 0; row < forest_block_rows; row++) {
    uint32_t low = narrow(ranking, buckets[row], values[row], ranking->has_wide_buckets);
    uint32_t rank = low;
    for (uint32_t i = 0; i < 8; i++) rank += ranking->thresholds[low + i] < values[row];
    ranks[row] = (uint16_t)rank;
  }
}

#ifdef FOREST_X86
static inline __attribute__((always_inline)) FOREST_AVX2 void rank_buckets_avx2(
    const forest_ranking *ranking, const float *values, bool is_wide, uint16_t *ranks) {
  uint32_t buckets[forest_block_rows];
  find_buckets(ranking, values, buckets);
#pragma unroll 4
  for (size_t row = 0; row < forest_block_rows; row++) {
    uint32_t low = narrow(ranking, buckets[row], values[row], is_wide);
    __m256 is_below = _mm256_cmp_ps(
        _mm256_loadu_ps(ranking->thresholds + low), _mm256_set1_ps(values[row]), _CMP_LT_OQ);
    unsigned below = (unsigned)_mm256_movemask_ps(is_below);
    ranks[row] = (uint16_t)(low + (uint32_t)__builtin_popcount(below));
  }
}

FOREST_AVX2 static void rank_avx2(
    const forest_ranking *ranking, const float *values, uint16_t *ranks) {
  if (ranking->has_wide_buckets)
    rank_buckets_avx2(ranking, values, true, ranks);
  else
    rank_buckets_avx2(ranking, values, false, ranks);
}
#endif

void forest_rank(
    forest_instructions instructions, const forest_ranking *ranking, const float *values,
    bool has_missing, uint16_t *ranks) {
#ifdef FOREST_X86
  if (instructions != forest_plain)
    rank_avx2(ranking, values, ranks);
  else
#endif
    rank_plain(ranking, values, ranks);
  if (has_missing) mark_missing(values, ranks);
}

static inline __attribute__((always_inline)) void quad_ranks(
    const uint32_t *quad_ranks, const uint16_t *ranks, bool has_missing, size_t group_count,
    size_t group_stride, int8_t *columns) {
  const uint32_t missing = forest_missing_byte * 0x01010101u;
  uint32_t quads[forest_block_rows];
  if (has_missing) {
    for (size_t row = 0; row < forest_block_rows; row++)
      quads[row] = ranks[row] == forest_missing_rank ? missing : quad_ranks[ranks[row]];
  } else {
#pragma unroll 8
    for (size_t row = 0; row < forest_block_rows; row++) quads[row] = quad_ranks[ranks[row]];
  }
  for (size_t group = 0; group < group_count; group++) {
    int8_t *column = columns + group * group_stride;
    for (size_t row = 0; row < forest_block_rows; row++)
      column[row] = (int8_t)(quads[row] >> 8 * group);
  }
}

static void quad_ranks_plain(
    const uint32_t *table, const uint16_t *ranks, bool has_missing, size_t group_count,
    size_t group_stride, int8_t *columns) {
  quad_ranks(table, ranks, has_missing, group_count, group_stride, columns);
}

#ifdef FOREST_X86
FOREST_AVX2 static void quad_ranks_avx2(
    const uint32_t *table, const uint16_t *ranks, bool has_missing, size_t group_count,
    size_t group_stride, int8_t *columns) {
  quad_ranks(table, ranks, has_missing, group_count, group_stride, columns);
}
#endif

void forest_quad_ranks(
    forest_instructions instructions, const uint32_t *table, const uint16_t *ranks,
    bool has_missing, size_t group_count, size_t group_stride, int8_t *columns) {
#ifdef FOREST_X86
  if (instructions != forest_plain) {
    quad_ranks_avx2(table, ranks, has_missing, group_count, group_stride, columns);
    return;
  }
#endif
  quad_ranks_plain(table, ranks, has_missing, group_count, group_stride, columns);
}
