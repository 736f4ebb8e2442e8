#pragma once

#include "field_index.h"
#include "forest_kernels.h"
