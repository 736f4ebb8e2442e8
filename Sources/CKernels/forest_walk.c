#include "forest_kernels.h"
#include "forest_targets.h"

/// Rows walked side by side, so that their loads overlap.
enum { walkers = 16 };

void forest_walk(
    const forest_walk_node *nodes, const forest_units *values, uint32_t depth, const float *block,
    forest_units *sums) {
  for (size_t row = 0; row < forest_block_rows; row += walkers) {
    uint32_t node[walkers] = {0};
    for (uint32_t level = 0; level < depth; level++) {
      for (size_t i = 0; i < walkers; i++) {
        const forest_walk_node *at = nodes + node[i];
        float feature = block[(size_t)at->column * forest_block_rows + row + i];
        node[i] = feature <= at->threshold ? at->left : at->right;
      }
    }
    for (size_t i = 0; i < walkers; i++) sums[row + i] += values[node[i]];
  }
}
