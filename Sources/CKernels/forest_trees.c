#include "forest_kernels.h"
#include "forest_targets.h"
#include "forest_tiles.h"
#include <string.h>

void forest_fill_code_slots(uint8_t *slots) {
  for (size_t code = 0; code < forest_code_slots; code++)
    memset(slots + code * forest_slot_rows, (int)code, forest_slot_rows);
}

#define PROJECT_NAME project_plain
#define PROJECT_TARGET
#define PROJECT_LANES 16
#include "forest_project_body.h"

#define CODES_NAME codes_plain
#define CODES_TARGET
#define CODES_LANES 16
#include "forest_codes_body.h"

#ifdef FOREST_X86
#define PROJECT_NAME project_avx2
#define PROJECT_TARGET FOREST_AVX2
#define PROJECT_LANES 32
#include "forest_project_body.h"

#define PROJECT_NAME project_avx512
#define PROJECT_TARGET FOREST_AVX512
#define PROJECT_LANES 64
#include "forest_project_body.h"

#define CODES_NAME codes_avx2
#define CODES_TARGET FOREST_AVX2
#define CODES_LANES 32
#include "forest_codes_body.h"

#define CODES_NAME codes_avx512
#define CODES_TARGET FOREST_AVX512
#define CODES_LANES 64
#include "forest_codes_body.h"

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

static void add_plain(const uint8_t *codes, const uint32_t *values, forest_units *sums) {
  for (size_t row = 0; row < forest_slot_rows; row++) sums[row] += values[codes[row]];
}

/// Widened bytes of so many trees fit a sum of a plane.
enum { trees_a_flush = 257 };

static void flush(forest_planes *planes, forest_units *sums) {
  for (size_t pair = 0; pair < forest_block_rows / 2; pair++)
    for (size_t odd = 0; odd < 2; odd++)
      for (size_t plane = 0; plane < forest_value_planes; plane++)
        sums[2 * pair + odd] += (forest_units)planes->sums[plane][odd][pair] << 8 * plane;
  memset(planes, 0, sizeof *planes);
}

/// Rows walked side by side, so that their loads overlap.
enum { walkers = 16 };

static void walk(
    const forest_node *nodes, const uint32_t *entries, const uint8_t *codes, uint32_t depth,
    const float *features, forest_units *sums) {
  for (size_t row = 0; row < forest_slot_rows; row += walkers) {
    uint32_t at[walkers];
    for (size_t i = 0; i < walkers; i++) at[i] = entries[codes[row + i]];
    for (uint32_t step = 0; step < depth; step++) {
      for (size_t i = 0; i < walkers; i++) {
        const forest_node *node = nodes + at[i];
        float feature = features[(size_t)node->column * forest_block_rows + row + i];
        at[i] = node->left + !(feature <= node->threshold);
      }
    }
    for (size_t i = 0; i < walkers; i++) sums[row + i] += nodes[at[i]].value;
  }
}

/// The same in an oblique tree.
static void walk_projections(
    const forest_program *program, const uint32_t *entries, const uint8_t *codes, uint32_t depth,
    const float *features, forest_units *sums) {
  for (size_t row = 0; row < forest_slot_rows; row++) {
    uint32_t at = entries[codes[row]];
    for (uint32_t step = 0; step < depth; step++) {
      const forest_node *node = program->nodes + at;
      const forest_projection *projection = program->projections + node->column;
      float sum = 0;
      for (uint32_t number = projection->term_start; number < projection->term_end; number++) {
        const forest_term *term = program->terms + number;
        float feature = features[(size_t)term->column * forest_block_rows + row];
        sum += term->weight * (feature - term->centre);
      }
      at = node->left + !(sum <= node->threshold);
    }
    sums[row] += program->nodes[at].value;
  }
}

static void project(
    forest_instructions instructions, const forest_program *program, const forest_tree *tree,
    const float *features, int8_t *columns) {
  switch (instructions) {
#ifdef FOREST_X86
  case forest_avx512: project_avx512(program, tree, features, columns); break;
  case forest_avx2: project_avx2(program, tree, features, columns); break;
#endif
  default: project_plain(program, tree, features, columns);
  }
}

/// Asks for the nodes of a tree. A large forest does not stay in the caches from one block of rows
/// to the next, and rows that walk through it would wait for every node.
static void prefetch_nodes(const forest_program *program, const forest_tree *tree) {
  enum { nodes_a_line = 64 / sizeof(forest_node), kept_from_nearest = 2 };
  for (uint32_t node = tree->node_start; node < tree->node_end; node += nodes_a_line)
    __builtin_prefetch(program->nodes + node, 0, kept_from_nearest);
}

static const uint8_t *codes_of(
    forest_instructions instructions, const forest_program *program, const forest_tree *tree,
    const int8_t *ranks, uint8_t *slots) {
  switch (instructions) {
#ifdef FOREST_X86
  case forest_avx512: return codes_avx512(program, tree, ranks, slots);
  case forest_avx2: return codes_avx2(program, tree, ranks, slots);
#endif
  default: return codes_plain(program, tree, ranks, slots);
  }
}

/// Adds the values of a tree that is all top.
static void add_values(
    forest_instructions instructions, const forest_program *program, const forest_tree *tree,
    const uint8_t *codes, size_t row, const forest_block *block) {
#ifdef FOREST_X86
  const forest_chunk *chunks = program->chunks + tree->chunk_start;
  const forest_chunk *chunks_end = program->chunks + tree->chunk_end;
#endif
  switch (instructions) {
#ifdef FOREST_X86
  case forest_avx512: add_avx512(codes, chunks, chunks_end, row, block->planes->sums); break;
  case forest_avx2: add_avx2(codes, chunks, chunks_end, row, block->planes->sums); break;
#endif
  default: add_plain(codes, program->values + tree->value_start, block->sums + row);
  }
}

/// A tree without tiles.
static void add_tree(
    forest_instructions instructions, const forest_program *program, const forest_tree *tree,
    const forest_block *block, const forest_scratch *scratch) {
  const uint32_t *entries = program->values + tree->value_start;
  const int8_t *columns = block->ranks;
  if (tree->is_oblique) {
    project(instructions, program, tree, block->features, scratch->projected);
    columns = scratch->projected;
  }
  for (size_t row = 0; row < forest_block_rows; row += forest_slot_rows) {
    const uint8_t *codes = codes_of(instructions, program, tree, columns + row, scratch->slots);
    const float *features = block->features + row;
    forest_units *sums = block->sums + row;
    if (tree->node_steps == 0)
      add_values(instructions, program, tree, codes, row, block);
    else if (tree->is_oblique)
      walk_projections(program, entries, codes, tree->node_steps, features, sums);
    else
      walk(program->nodes, entries, codes, tree->node_steps, features, sums);
  }
}

/// All rows go through the top before the first goes through the tiles: there is no room for both
/// in the nearest cache.
static void add_tiled_tree(
    forest_instructions instructions, const forest_program *program, const forest_tree *tree,
    const forest_block *blocks, size_t block_count, size_t row_vectors,
    const forest_scratch *scratch) {
  for (size_t number = 0; number < block_count; number++) {
    const forest_block *block = blocks + number;
    for (size_t row = 0; row < forest_block_rows; row += forest_slot_rows) {
      const uint8_t *codes = codes_of(
          instructions, program, tree, block->ranks + row, scratch->slots);
      memcpy(block->codes + row, codes, forest_slot_rows);
    }
  }
  for (size_t number = 0; number < block_count; number++)
    forest_add_tiles(instructions, program, tree, blocks + number, row_vectors);
}

void forest_add_trees(
    forest_instructions instructions, const forest_program *program, const forest_tree *trees,
    size_t tree_count, const forest_block *blocks, size_t block_count, size_t column_count,
    const forest_scratch *scratch) {
  const size_t row_vectors = (column_count + forest_row_vector - 1) / forest_row_vector;
  const forest_block *blocks_end = blocks + block_count;
  bool has_rows = false;
  size_t unflushed_count = 0;
  for (const forest_tree *tree = trees; tree < trees + tree_count; tree++) {
    if (tree + 1 < trees + tree_count) prefetch_nodes(program, tree + 1);
    if (tree->tile_steps > 0) {
      for (const forest_block *block = blocks; block < blocks_end && !has_rows; block++)
        forest_fill_rows(instructions, block->ranks, column_count, block->rows);
      has_rows = true;
      add_tiled_tree(
          instructions, program, tree, blocks, block_count, row_vectors, scratch);
      continue;
    }
    for (const forest_block *block = blocks; block < blocks_end; block++)
      add_tree(instructions, program, tree, block, scratch);
    if (++unflushed_count < trees_a_flush) continue;
    for (const forest_block *block = blocks; block < blocks_end; block++)
      flush(block->planes, block->sums);
    unflushed_count = 0;
  }
  for (const forest_block *block = blocks; block < blocks_end && unflushed_count > 0; block++)
    flush(block->planes, block->sums);
}
