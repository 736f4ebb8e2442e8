#include "forest_tiles.h"
#include "forest_targets.h"

static void add_plain(
    const char *tiles, uint32_t steps, const uint32_t *entries, const uint8_t *codes,
    const int8_t *ranks, forest_units *sums) {
  for (size_t row = 0; row < forest_block_rows; row++) {
    uint32_t at = entries[codes[row]];
    for (uint32_t step = 0; step < steps; step++) {
      const forest_tile *tile = (const forest_tile *)(tiles + at);
      size_t split = 0;
      for (int level = 0; level < forest_tile_levels; level++) {
        int8_t rank = ranks[(size_t)tile->columns[split] * forest_block_rows + row];
        split = 2 * split + 1 + (rank > tile->limits[split]);
      }
      at = tile->exits[split - forest_tile_splits];
    }
    sums[row] += at;
  }
}

#ifdef FOREST_X86
/// In each half of the vectors, four perfect shuffles turn 16 columns of 16 rows into 16 rows of 16
/// columns.
static inline __attribute__((always_inline)) FOREST_AVX2 void transpose(__m256i *vectors) {
#pragma unroll
  for (int round = 0; round < 4; round++) {
    __m256i mixed[forest_row_vector];
    for (size_t i = 0; i < forest_row_vector / 2; i++) {
      mixed[2 * i] = _mm256_unpacklo_epi8(vectors[i], vectors[i + 8]);
      mixed[2 * i + 1] = _mm256_unpackhi_epi8(vectors[i], vectors[i + 8]);
    }
    for (size_t i = 0; i < forest_row_vector; i++) vectors[i] = mixed[i];
  }
}

static FOREST_AVX2 void fill_rows_avx2(const int8_t *ranks, size_t column_count, int8_t *rows) {
  for (size_t first = 0; first < column_count; first += forest_row_vector) {
    size_t count = column_count - first;
    for (size_t row = 0; row < forest_block_rows; row += sizeof(__m256i)) {
      __m256i vectors[forest_row_vector];
      for (size_t i = 0; i < forest_row_vector; i++)
        vectors[i] = i < count ? *(const __m256i *)(ranks + (first + i) * forest_block_rows + row)
                               : _mm256_setzero_si256();
      transpose(vectors);
      __m128i *to = (__m128i *)(rows + first * forest_block_rows) + row;
      for (size_t i = 0; i < forest_row_vector; i++) {
        to[i] = _mm256_castsi256_si128(vectors[i]);
        to[forest_row_vector + i] = _mm256_extracti128_si256(vectors[i], 1);
      }
    }
  }
}

// The exit that seven splits lead to, given a bit for each that sends its rows right; the eighth bit
// does not matter.
#define FIRST(bits) ((bits) & 1)
#define SECOND(bits) ((bits) >> (1 + FIRST(bits)) & 1)
#define THIRD(bits) ((bits) >> (3 + 2 * FIRST(bits) + SECOND(bits)) & 1)
#define EXIT(bits) (4 * FIRST(bits) + 2 * SECOND(bits) + THIRD(bits))
#define EXITS_4(bits) EXIT(bits), EXIT((bits) + 1), EXIT((bits) + 2), EXIT((bits) + 3)
#define EXITS_16(bits) \
  EXITS_4(bits), EXITS_4((bits) + 4), EXITS_4((bits) + 8), EXITS_4((bits) + 12)
#define EXITS_64(bits) \
  EXITS_16(bits), EXITS_16((bits) + 16), EXITS_16((bits) + 32), EXITS_16((bits) + 48)
static const uint8_t exits[256] = {
    EXITS_64(0), EXITS_64(64), EXITS_64(128), EXITS_64(192)};

/// The columns and limits of two tiles.
static inline __attribute__((always_inline)) FOREST_AVX2 __m256i load_tiles(
    const forest_tile *low, const forest_tile *high) {
  return _mm256_inserti128_si256(
      _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)low)),
      _mm_loadu_si128((const __m128i *)high), 1);
}

/// What two rows, each in its half, have in the columns that the tiles name.
static inline __attribute__((always_inline)) FOREST_AVX2 __m256i select_ranks(
    const int8_t *rows, size_t row_vectors, __m256i columns) {
  if (row_vectors == 1)
    return _mm256_shuffle_epi8(_mm256_load_si256((const __m256i *)rows), columns);
  // Added to a column's distance from a vector's first, keeps the low four bits of those within and
  // sets the top bit of all others, which a shuffle then turns to zero.
  const __m256i reach = _mm256_set1_epi8(0x80 - forest_row_vector);
  __m256i found = _mm256_setzero_si256();
  for (size_t vector = 0; vector < row_vectors; vector++) {
    __m256i ranks = _mm256_load_si256(
        (const __m256i *)(rows + vector * forest_row_vector * forest_block_rows));
    found = _mm256_or_si256(
        found, _mm256_shuffle_epi8(ranks, _mm256_adds_epu8(columns, reach)));
    columns = _mm256_sub_epi8(columns, _mm256_set1_epi8(forest_row_vector));
  }
  return found;
}

static inline __attribute__((always_inline)) FOREST_AVX2 void add_vectors_avx2(
    const char *tiles, uint32_t steps, const uint32_t *entries, const uint8_t *codes,
    const int8_t *rows, size_t row_vectors, forest_units *sums) {
  // Four rows at a time: two in each half of a vector of columns, of limits and of answers.
  for (size_t row = 0; row < forest_block_rows; row += 4) {
    const int8_t *first = rows + row * forest_row_vector;
    size_t at[4];
    for (size_t i = 0; i < 4; i++) at[i] = entries[codes[row + i]];
    for (uint32_t step = 0; step < steps; step++) {
      const forest_tile *tile[4];
      for (size_t i = 0; i < 4; i++) tile[i] = (const forest_tile *)(tiles + at[i]);
      __m256i front = load_tiles(tile[0], tile[1]);
      __m256i back = load_tiles(tile[2], tile[3]);
      __m256i ranks = _mm256_unpacklo_epi64(
          select_ranks(first, row_vectors, front),
          select_ranks(first + 2 * forest_row_vector, row_vectors, back));
      __m256i limits = _mm256_unpackhi_epi64(front, back);
      uint32_t bits = (uint32_t)_mm256_movemask_epi8(_mm256_cmpgt_epi8(ranks, limits));
      at[0] = tile[0]->exits[exits[bits & 0xff]];
      at[2] = tile[2]->exits[exits[bits >> 8 & 0xff]];
      at[1] = tile[1]->exits[exits[bits >> 16 & 0xff]];
      at[3] = tile[3]->exits[exits[bits >> 24]];
    }
    for (size_t i = 0; i < 4; i++) sums[row + i] += (forest_units)at[i];
  }
}

static FOREST_AVX2 void add_avx2(
    const char *tiles, uint32_t steps, const uint32_t *entries, const uint8_t *codes,
    const int8_t *rows, size_t row_vectors, forest_units *sums) {
  switch (row_vectors) {
  case 1:
    // Two steps follow the top of a tree that is grown to the logarithm of 4,096 rows.
    if (steps == 2)
      add_vectors_avx2(tiles, 2, entries, codes, rows, 1, sums);
    else
      add_vectors_avx2(tiles, steps, entries, codes, rows, 1, sums);
    break;
  case 2: add_vectors_avx2(tiles, steps, entries, codes, rows, 2, sums); break;
  default: add_vectors_avx2(tiles, steps, entries, codes, rows, row_vectors, sums);
  }
}
#endif

void forest_fill_rows(
    forest_instructions instructions, const int8_t *ranks, size_t column_count, int8_t *rows) {
#ifdef FOREST_X86
  if (instructions != forest_plain) fill_rows_avx2(ranks, column_count, rows);
#endif
}

void forest_add_tiles(
    forest_instructions instructions, const forest_program *program, const forest_tree *tree,
    const forest_block *block, size_t row_vectors) {
  const char *tiles = (const char *)(program->tiles + tree->tile_start);
  const uint32_t *entries = program->values + tree->value_start;
#ifdef FOREST_X86
  if (instructions != forest_plain) {
    add_avx2(
        tiles, tree->tile_steps, entries, block->codes, block->rows, row_vectors, block->sums);
    return;
  }
#endif
  add_plain(tiles, tree->tile_steps, entries, block->codes, block->ranks, block->sums);
}
