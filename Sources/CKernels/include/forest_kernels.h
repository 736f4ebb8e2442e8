#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Rows that a kernel evaluates in one call. Blocks are column-major,
/// block[column × forest_block_rows + row], 64-byte aligned and always whole: the caller fills the
/// rows past the end of its data with anything.
enum { forest_block_rows = 512 };

/// Nested halves of a tree that a blend program may keep waiting; enough for 2^31 leaves, since
/// the half that needs more is evaluated first.
enum { forest_stack_slots = 32 };

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

/// A step of a tree evaluated from its leaves upwards, for many rows at once. `x <= threshold`
/// takes the left child; an unordered comparison takes the right one.
typedef enum {
  /// Two leaves: keeps the value so far for later, begins anew with left or right.
  forest_pair,
  /// A leaf on one side, the value so far on the other.
  forest_leaf_left,
  forest_leaf_right,
  /// Two leaves (chosen by the inner column and threshold) on one side, the value so far on the
  /// other.
  forest_pair_left,
  forest_pair_right,
  /// The value kept last on one side, the value so far on the other.
  forest_kept_left,
  forest_kept_right,
} forest_step_kind;

typedef struct {
  uint16_t kind;
  uint16_t column;
  uint16_t inner_column;
  float threshold;
  float inner_threshold;
  /// The leaves' values.
  forest_units left;
  forest_units right;
} forest_float_step;

/// A tree's steps[step_start ..< step_end].
typedef struct {
  uint32_t step_start;
  uint32_t step_end;
} forest_program_tree;

/// Adds each tree's leaf value to sums[forest_block_rows].
void forest_blend_floats(
    forest_instructions instructions, const forest_program_tree *trees, size_t tree_count,
    const forest_float_step *steps, const float *block, forest_units *sums);

/// Rows a byte program takes through a tree at once, a byte a row in each of its slots.
enum { forest_slot_rows = 256 };

/// The first slots hold one code each, the same for all rows; those after them what pairs and
/// splits give.
enum { forest_code_slots = 256, forest_result_slots = 128 };

/// Two leaves under a split. The tree's pair i gives slot forest_code_slots + i.
typedef struct {
  uint16_t column;
  /// The threshold's rank + 1, less 128: what is below goes left.
  int8_t limit;
  /// Codes of the leaves.
  uint8_t left;
  uint8_t right;
} forest_byte_pair;

/// Any other split: takes slots[left] or slots[right] to slots[result], which may be one of them.
typedef struct {
  uint16_t column;
  uint16_t left;
  uint16_t right;
  uint16_t result;
  int8_t limit;
} forest_byte_split;

/// Leaf values of byte programs are below 2^24 units: three bytes.
enum { forest_value_planes = 3, forest_value_bits = 24 };

/// Entries of a chunk of a tree's table: for each plane a byte an entry.
enum { forest_chunk_entries = 16 };

/// A tree's pairs[pair_start ..< pair_end], then its splits, of which the last gives the code of a
/// row's leaf (the only pair, where there is no split). The code's value is values[value_start +
/// code], and bytes[plane][code % 16] of chunk chunk_start + code / 16.
typedef struct {
  uint32_t pair_start;
  uint32_t pair_end;
  uint32_t split_start;
  uint32_t split_end;
  uint32_t value_start;
  uint32_t chunk_start;
  uint32_t chunk_end;
} forest_byte_tree;

typedef struct {
  uint8_t bytes[forest_value_planes][forest_chunk_entries];
} forest_chunk;

/// Fills the code slots of slots[forest_code_slots + forest_result_slots][forest_slot_rows],
/// 64-byte aligned.
void forest_fill_code_slots(uint8_t *slots);

/// Adds each tree's leaf value to sums[forest_block_rows]. The block holds ranks less 128.
void forest_blend_bytes(
    forest_instructions instructions, const forest_byte_tree *trees, size_t tree_count,
    const forest_byte_pair *pairs, const forest_byte_split *splits, const forest_units *values,
    const forest_chunk *chunks, const int8_t *block, uint8_t *slots, forest_units *sums);

/// A node of a tree that is walked from its root; a leaf is its own child.
typedef struct {
  float threshold;
  uint32_t column;
  uint32_t left;
  uint32_t right;
} forest_walk_node;

/// Adds to sums[forest_block_rows] the value of the leaf, values[node], that each row reaches in
/// `depth` steps.
void forest_walk(
    const forest_walk_node *nodes, const forest_units *values, uint32_t depth, const float *block,
    forest_units *sums);

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
