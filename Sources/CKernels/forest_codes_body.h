// Takes forest_slot_rows rows through one tree; returns the slot with their codes.
// Defined by the includer, who includes this once for each kind of instructions:
//   CODES_NAME     the function
//   CODES_TARGET   its target attribute, or nothing
//   CODES_LANES    bytes of a vector
//
// Every node costs the same few instructions whatever its shape, so that the only branches are the
// ends of two loops: a switch over kinds of nodes that keeps values in registers needs fewer
// instructions and loses more to mispredicted jumps.

CODES_TARGET static const uint8_t *CODES_NAME(
    const forest_program *program, const forest_tree *tree, const int8_t *block, uint8_t *slots) {
  typedef int8_t ranks __attribute__((ext_vector_type(CODES_LANES), aligned(CODES_LANES)));
  typedef uint8_t codes __attribute__((ext_vector_type(CODES_LANES), aligned(CODES_LANES)));
  enum { vectors = forest_slot_rows / CODES_LANES };

  uint8_t *result = slots + forest_code_slots * forest_slot_rows;
  const forest_pair *pair = program->pairs + tree->pair_start;
  const forest_pair *pairs_end = program->pairs + tree->pair_end;
  for (; pair < pairs_end; pair++) {
    const ranks *feature = (const ranks *)(block + (size_t)pair->column * forest_block_rows);
    const ranks limit = pair->limit;
    const codes left = pair->left;
    const codes right = pair->right;
    codes *to = (codes *)result;
    for (size_t i = 0; i < vectors; i++) to[i] = limit > feature[i] ? left : right;
    result += forest_slot_rows;
  }
  result = slots + (tree->pair_start < tree->pair_end ? forest_code_slots * forest_slot_rows : 0);
  const forest_split *split = program->splits + tree->split_start;
  const forest_split *splits_end = program->splits + tree->split_end;
  for (; split < splits_end; split++) {
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

#undef CODES_NAME
#undef CODES_TARGET
#undef CODES_LANES
