#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Rows a call of these functions takes: column-major, block[column × rival_rows + row].
enum { rival_rows = 512 };

/// Seconds that the vector instructions of the forest's kernels take at the least: for each of
/// `blocks` × rival_rows rows, `pairs` times a comparison, a choice and a store, and `splits` times
/// these and two loads more, straight on, in the nearest cache, with nothing between.
double rival_floor_seconds(size_t pairs, size_t splits, size_t blocks);

/// Evaluation by bit vectors: each tree has a bit a leaf, each split clears those of the left side
/// in rows that go right, and the first bit left is the row's leaf (Lucchese et al. 2015,
/// doi:10.1145/2766462.2767733). Splits of a feature come by ascending threshold over all trees, so
/// that the first which clears nothing ends them; bits are kept byte by byte for 64 rows, as in Ye et
/// al. 2018, doi:10.1145/3219819.3219857. Needs AVX2.
typedef struct rival_quickscorer rival_quickscorer;

/// A tree's nodes: a leaf has a feature below 0.
typedef struct {
  int32_t feature;
  float threshold;
  int32_t left;
  int32_t right;
  float value;
} rival_node;

rival_quickscorer *rival_quickscorer_create(
    const rival_node *nodes, const size_t *node_counts, size_t tree_count, size_t feature_count);
void rival_quickscorer_free(rival_quickscorer *scorer);

/// ranks[column × rival_rows + row] of a block of floats; by bisection, not to be timed.
void rival_quickscorer_rank(const rival_quickscorer *scorer, const float *block, int16_t *ranks);

/// Adds the value of each row's leaf in each tree to sums[rival_rows]. Both are 64-byte aligned.
void rival_quickscorer_add(const rival_quickscorer *scorer, const int16_t *ranks, float *sums);
