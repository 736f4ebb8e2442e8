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

/// As forest_float_step; thresholds are ranks, leaves are codes into the tree's table of values.
typedef struct {
  uint16_t kind;
  uint16_t column;
  uint16_t inner_column;
  int16_t threshold;
  int16_t inner_threshold;
  int16_t left;
  int16_t right;
} forest_rank_step;

/// Entries of a tree's table of values are padded to a multiple of this.
enum { forest_table_stride = 32 };

/// A tree's steps[step_start ..< step_end], and for rank programs its table of values,
/// values[table_start ..< table_end].
typedef struct {
  uint32_t step_start;
  uint32_t step_end;
  uint32_t table_start;
  uint32_t table_end;
} forest_program_tree;

/// Adds each tree's leaf value to sums[forest_block_rows].
void forest_blend_floats(
    forest_instructions instructions, const forest_program_tree *trees, size_t tree_count,
    const forest_float_step *steps, const float *block, forest_units *sums);

/// Adds each tree's leaf value to sums[forest_block_rows].
void forest_blend_ranks(
    forest_instructions instructions, const forest_program_tree *trees, size_t tree_count,
    const forest_rank_step *steps, const forest_units *values, const int16_t *block,
    forest_units *sums);

/// weight × (x − centre), a part of a weighted sum of features.
typedef struct {
  uint32_t column;
  float weight;
  float centre;
} forest_term;

/// As forest_float_step, on sums over terms[term_start ..< term_end] instead of columns; added up
/// from zero, in order, without fused products.
typedef struct {
  uint32_t kind;
  uint32_t term_start;
  uint32_t term_end;
  uint32_t inner_term_start;
  uint32_t inner_term_end;
  float threshold;
  float inner_threshold;
  forest_units left;
  forest_units right;
} forest_oblique_step;

/// Adds each tree's leaf value to sums[forest_block_rows].
void forest_blend_oblique(
    forest_instructions instructions, const forest_program_tree *trees, size_t tree_count,
    const forest_oblique_step *steps, const forest_term *terms, const float *block,
    forest_units *sums);

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
enum { forest_missing_rank = INT16_MAX };

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

/// ranks[row] = how many thresholds lie below values[row], or forest_missing_rank for NaN;
/// forest_block_rows rows.
void forest_rank(
    forest_instructions instructions, const forest_ranking *ranking, const float *values,
    int16_t *ranks);

/// flipped[row] = threshold_count - ranks[row], forest_missing_rank where that is missing;
/// forest_block_rows rows.
void forest_flip_ranks(const int16_t *ranks, int16_t threshold_count, int16_t *flipped);

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
