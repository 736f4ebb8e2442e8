// Takes forest_slot_rows rows through one tree; returns the slot with the codes of their leaves.
// Defined by the includer, who includes this once for each kind of instructions:
//   BYTES_NAME     the function
//   BYTES_TARGET   its target attribute, or nothing
//   BYTES_LANES    bytes of a vector
//
// Every node costs the same few instructions whatever its shape, so that the only branches are the
// ends of two loops: a switch over kinds of nodes that keeps values in registers needs fewer
// instructions and loses more to mispredicted jumps.

BYTES_TARGET static const uint8_t *BYTES_NAME(
    const forest_byte_tree *tree, const forest_byte_pair *pairs, const forest_byte_split *splits,
    const int8_t *block, uint8_t *slots) {
  typedef int8_t ranks __attribute__((ext_vector_type(BYTES_LANES), aligned(BYTES_LANES)));
  typedef uint8_t codes __attribute__((ext_vector_type(BYTES_LANES), aligned(BYTES_LANES)));
  enum { vectors = forest_slot_rows / BYTES_LANES };

  uint8_t *result = slots + forest_code_slots * forest_slot_rows;
  const forest_byte_pair *pairs_end = pairs + tree->pair_end;
  for (const forest_byte_pair *pair = pairs + tree->pair_start; pair < pairs_end; pair++) {
    const ranks *feature = (const ranks *)(block + (size_t)pair->column * forest_block_rows);
    const ranks limit = pair->limit;
    const codes left = pair->left;
    const codes right = pair->right;
    codes *to = (codes *)result;
    for (size_t i = 0; i < vectors; i++) to[i] = limit > feature[i] ? left : right;
    result += forest_slot_rows;
  }
  result = slots + forest_code_slots * forest_slot_rows;
  const forest_byte_split *splits_end = splits + tree->split_end;
  for (const forest_byte_split *split = splits + tree->split_start; split < splits_end; split++) {
    const ranks *feature = (const ranks *)(block + (size_t)split->column * forest_block_rows);
    const codes *left = (const codes *)(slots + (size_t)split->left * forest_slot_rows);
    const codes *right = (const codes *)(slots + (size_t)split->right * forest_slot_rows);
    result = slots + (size_t)split->result * forest_slot_rows;
    const ranks limit = split->limit;
    codes *to = (codes *)result;
    for (size_t i = 0; i < vectors; i++) to[i] = limit > feature[i] ? left[i] : right[i];
  }
  return result;
}

#undef BYTES_NAME
#undef BYTES_TARGET
#undef BYTES_LANES
