#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Rows that a kernel evaluates in one call. Blocks are column-major,
/// block[column × forest_block_rows + row], 64-byte aligned and always whole: the caller fills the
/// rows past the end of its data with anything.
enum { forest_block_rows = 512 };

/// Leaf values, and sums of them over trees, are path lengths in fixed point. Integer sums have no
/// rounding, so every kernel gives the same bits.
typedef uint32_t forest_units;

/// Copies `count` values to block[forest_block_rows], the rest zero; whether one is NaN.
bool forest_load(const float *values, size_t count, float *block);

/// flipped[row] = -values[row]; forest_block_rows rows.
void forest_flip_floats(const float *values, float *flipped);

/// Which body of a kernel runs.
typedef enum { forest_plain, forest_avx2, forest_avx512 } forest_instructions;

/// The widest instructions of this CPU.
forest_instructions forest_best_instructions(void);

/// Rows that are taken through a tree at once, a byte a row in each slot.
enum { forest_slot_rows = 256 };

/// The first slots hold one code each, the same for all rows; those after them what pairs and
/// splits give.
enum { forest_code_slots = 256, forest_result_slots = 128 };

/// A split whose sides are both codes. The tree's pair i gives slot forest_code_slots + i.
typedef struct {
  uint16_t column;
  /// The threshold's rank + 1, less 128: what is below goes left.
  int8_t limit;
  /// Codes.
  uint8_t left;
  uint8_t right;
} forest_pair;

/// Any other split: takes slots[left] or slots[right] to slots[result], which may be one of them.
typedef struct {
  uint16_t column;
  uint16_t left;
  uint16_t right;
  uint16_t result;
  int8_t limit;
} forest_split;

/// Three levels of a large tree, for rows one by one. Split i goes on to split 2i + 1 on the left
/// and 2i + 2 on the right; from 7 on these are exits.
enum { forest_tile_levels = 3, forest_tile_splits = 7 };
typedef struct {
  /// Below 16 × the vectors of a row. The last is not used, nor are those of splits left out.
  uint8_t columns[forest_tile_splits + 1];
  /// Each threshold's rank less 128: what is above goes right. INT8_MAX sends all rows left.
  int8_t limits[forest_tile_splits + 1];
  /// Where the next tile starts, in bytes from the tree's first; in the last step, leaf values.
  uint32_t exits[forest_tile_splits + 1];
} forest_tile;

/// A node below the top of a tree without tiles: rows with `x <= threshold` go to nodes[left],
/// others to the node after that. A leaf has the threshold NaN and left one below itself, so that rows stay.
typedef struct {
  float threshold;
  uint32_t column;
  uint32_t left;
  forest_units value;
} forest_node;

/// weight × (x − centre), a part of a weighted sum of features.
typedef struct {
  uint32_t column;
  float weight;
  float centre;
} forest_term;

/// A sum over terms[term_start ..< term_end], added up from zero in order, without fused products.
typedef struct {
  uint32_t term_start;
  uint32_t term_end;
  float threshold;
} forest_projection;

/// Leaf values of trees without nodes are below 2^24 units: three bytes.
enum { forest_value_planes = 3, forest_value_bits = 24 };

/// Sixteen values, byte by byte.
enum { forest_chunk_entries = 16 };
typedef struct {
  uint8_t bytes[forest_value_planes][forest_chunk_entries];
} forest_chunk;

/// A tree's pairs[pair_start ..< pair_end], then its splits, of which the last gives a row's code;
/// the only pair where there is no split, code 0 where there is neither.
///
/// Without steps the row's value is values[value_start + code], given again in
/// chunks[chunk_start ..< chunk_end].
///
/// With tile steps the value is what so many tiles come to, the first of them values[value_start +
/// code] bytes after tiles[tile_start].
///
/// With node steps its leaf is found within so many from nodes[values[value_start + code]] among
/// nodes[node_start ..< node_end].
///
/// An oblique tree splits on projections instead of columns: the columns of its pairs and splits
/// count from projection_start and hold 0 where the sum is at most the threshold, else 1; those of
/// its nodes are projections.
typedef struct {
  uint32_t pair_start;
  uint32_t pair_end;
  uint32_t split_start;
  uint32_t split_end;
  uint32_t value_start;
  uint32_t chunk_start;
  uint32_t chunk_end;
  uint32_t node_start;
  uint32_t node_end;
  uint32_t node_steps;
  uint32_t tile_start;
  uint32_t tile_steps;
  uint32_t projection_start;
  uint32_t projection_end;
  bool is_oblique;
} forest_tree;

/// What trees are made of.
typedef struct {
  const forest_pair *pairs;
  const forest_split *splits;
  const uint32_t *values;
  const forest_chunk *chunks;
  const forest_tile *tiles;
  const forest_node *nodes;
  const forest_projection *projections;
  const forest_term *terms;
} forest_program;

/// Ranks in a vector of a row.
enum { forest_row_vector = 16 };

/// Sums of the bytes of values, plane by plane, for even and odd rows.
typedef struct {
  uint16_t sums[forest_value_planes][2][forest_block_rows / 2];
} forest_planes;

/// A block of rows on their way through trees; all memory is 64-byte aligned.
typedef struct {
  /// Ranks less 128, for pairs, splits and tiles.
  const int8_t *ranks;
  /// The features themselves, for nodes and projections.
  const float *features;
  /// What trees' leaf values are added to.
  forest_units *sums;
  /// Scratch: the ranks row by row, [columns / forest_row_vector, rounded
  /// up][forest_block_rows][forest_row_vector].
  int8_t *rows;
  /// Scratch: where rows leave a tree's top.
  uint8_t *codes;
  /// Scratch.
  forest_planes *planes;
} forest_block;

/// What else a thread needs to evaluate trees, 64-byte aligned.
typedef struct {
  /// [forest_code_slots + forest_result_slots][forest_slot_rows].
  uint8_t *slots;
  /// [projections of the largest top][forest_block_rows].
  int8_t *projected;
} forest_scratch;

/// Fills the code slots.
void forest_fill_code_slots(uint8_t *slots);

/// Adds each tree's leaf value to the sums of blocks, whose ranks have column_count columns.
void forest_add_trees(
    forest_instructions instructions, const forest_program *program, const forest_tree *trees,
    size_t tree_count, const forest_block *blocks, size_t block_count, size_t column_count,
    const forest_scratch *scratch);

/// The rank of a missing value: above every threshold.
enum { forest_missing_rank = UINT16_MAX };

/// A feature's thresholds, and where to look among them for a value: the bucket of its float key.
typedef struct {
  /// Ascending, distinct, no negative zero; followed by eight of +infinity.
  const float *thresholds;
  uint32_t count;
  /// starts[bucket]: thresholds in lower buckets; bucket_count + 1 entries.
  const uint16_t *starts;
  uint32_t bucket_count;
  /// The key of the first bucket's start, and the bits of keys within a bucket.
  uint32_t first_key;
  uint32_t key_shift;
  /// Whether a bucket holds more than eight thresholds.
  bool has_wide_buckets;
} forest_ranking;

/// Maps floats to integers of the same order.
uint32_t forest_float_key(float value);

/// ranks[row] = how many thresholds lie below values[row], or forest_missing_rank for NaN, of which
/// there is none unless `has_missing`; forest_block_rows rows.
void forest_rank(
    forest_instructions instructions, const forest_ranking *ranking, const float *values,
    bool has_missing, uint16_t *ranks);

/// Groups of trees whose ranks are made together.
enum { forest_quad_groups = 4 };

/// A missing value in a block of ranks less 128.
enum { forest_missing_byte = INT8_MAX };

/// For each of four groups of trees, the ranks among the thresholds of these alone:
/// columns[group × group_stride + row] = byte `group` of quad_ranks[ranks[row]], or
/// forest_missing_byte for a missing value; group_count groups, forest_block_rows rows.
void forest_quad_ranks(
    forest_instructions instructions, const uint32_t *quad_ranks, const uint16_t *ranks,
    bool has_missing, size_t group_count, size_t group_stride, int8_t *columns);

/// flipped[row] is the rank of a value among thresholds in reverse order, threshold_count - rank,
/// both less 128; forest_missing_byte stays. forest_block_rows rows.
void forest_flip_bytes(const int8_t *ranks, int threshold_count, int8_t *flipped);

/// scores[row] = 2^(-sums[row] × exponent_per_unit) in 0 … 1, within 1e-12 before it is rounded to
/// float; `count` rows. Uses only products and sums of doubles, in a fixed order, so every CPU
/// gives the same bits.
void forest_scores(
    const forest_units *sums, double exponent_per_unit, size_t count, float *scores);

/// Neighbours that forest_nearest finds at most.
enum { forest_greatest_neighbour_count = 16 };

/// The least squared distances of each row of a block from references[number × feature_count +
/// feature], ascending: squares[neighbour × forest_block_rows + row], 64-byte aligned; infinity for
/// neighbours that there are not. Values are finite.
void forest_nearest(
    forest_instructions instructions, const float *references, size_t reference_count,
    size_t feature_count, const float *block, size_t neighbour_count, float *squares);
