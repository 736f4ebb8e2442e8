#pragma once

#include "forest_kernels.h"
