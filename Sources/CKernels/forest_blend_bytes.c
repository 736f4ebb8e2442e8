#include "forest_kernels.h"
#include "forest_targets.h"
#include <string.h>

void forest_fill_code_slots(uint8_t *slots) {
  for (size_t code = 0; code < forest_code_slots; code++)
    memset(slots + code * forest_slot_rows, (int)code, forest_slot_rows);
}

#define BYTES_NAME blend_plain
#define BYTES_TARGET
#define BYTES_LANES 16
#include "forest_bytes_body.h"

#ifdef FOREST_X86
#define BYTES_NAME blend_avx2
#define BYTES_TARGET FOREST_AVX2
#define BYTES_LANES 32
#include "forest_bytes_body.h"

#define BYTES_NAME blend_avx512
#define BYTES_TARGET FOREST_AVX512
#define BYTES_LANES 64
#include "forest_bytes_body.h"

#define LOOKUP_NAME add_avx2
#define LOOKUP_TARGET FOREST_AVX2
#define LOOKUP_VECTOR __m256i
#define LOOKUP_OP(name) _mm256_##name
#define LOOKUP_BROADCAST(chunk) \
  _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(chunk)))
#define LOOKUP_AND _mm256_and_si256
#define LOOKUP_OR _mm256_or_si256
#define LOOKUP_ZERO _mm256_setzero_si256()
#include "forest_lookup_body.h"

#define LOOKUP_NAME add_avx512
#define LOOKUP_TARGET FOREST_AVX512
#define LOOKUP_VECTOR __m512i
#define LOOKUP_OP(name) _mm512_##name
#define LOOKUP_BROADCAST(chunk) \
  _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(chunk)))
#define LOOKUP_AND _mm512_and_si512
#define LOOKUP_OR _mm512_or_si512
#define LOOKUP_ZERO _mm512_setzero_si512()
#include "forest_lookup_body.h"
#endif

static void add_plain(const uint8_t *codes, const forest_units *values, forest_units *sums) {
  for (size_t row = 0; row < forest_slot_rows; row++) sums[row] += values[codes[row]];
}

/// Sums of one plane for even and odd rows: widened bytes of 257 trees fit.
typedef uint16_t plane_sums[forest_value_planes][2][forest_block_rows / 2];
enum { trees_a_flush = 257 };

static void flush(plane_sums planes, forest_units *sums) {
  for (size_t pair = 0; pair < forest_block_rows / 2; pair++)
    for (size_t odd = 0; odd < 2; odd++)
      for (size_t plane = 0; plane < forest_value_planes; plane++)
        sums[2 * pair + odd] += (forest_units)planes[plane][odd][pair] << 8 * plane;
  memset(planes, 0, sizeof(plane_sums));
}

void forest_blend_bytes(
    forest_instructions instructions, const forest_byte_tree *trees, size_t tree_count,
    const forest_byte_pair *pairs, const forest_byte_split *splits, const forest_units *values,
    const forest_chunk *chunks, const int8_t *block, uint8_t *slots, forest_units *sums) {
  _Alignas(64) plane_sums planes = {0};
  for (size_t number = 0; number < tree_count; number++) {
    const forest_byte_tree *tree = trees + number;
    for (size_t row = 0; row < forest_block_rows; row += forest_slot_rows) {
      const uint8_t *codes;
      switch (instructions) {
#ifdef FOREST_X86
      case forest_avx512:
        codes = blend_avx512(tree, pairs, splits, block + row, slots);
        add_avx512(codes, chunks + tree->chunk_start, chunks + tree->chunk_end, row, planes);
        break;
      case forest_avx2:
        codes = blend_avx2(tree, pairs, splits, block + row, slots);
        add_avx2(codes, chunks + tree->chunk_start, chunks + tree->chunk_end, row, planes);
        break;
#endif
      default:
        codes = blend_plain(tree, pairs, splits, block + row, slots);
        add_plain(codes, values + tree->value_start, sums + row);
      }
    }
    if ((number + 1) % trees_a_flush == 0) flush(planes, sums);
  }
  flush(planes, sums);
}
