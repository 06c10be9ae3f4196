//===- DiffusionOps.td - diffusion steps ----------------------------------===//
#ifndef WHORL_IR_DIFFUSIONOPS_TD
#define WHORL_IR_DIFFUSIONOPS_TD

include "Whorl/IR/AttentionOps.td"

#endif
