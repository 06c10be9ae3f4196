//===- WhorlOps.td - everything in the dialect ----------------------------===//
#ifndef WHORL_IR_WHORLOPS_TD
#define WHORL_IR_WHORLOPS_TD

include "Whorl/IR/AttentionOps.td"
include "Whorl/IR/DiffusionOps.td"
include "Whorl/IR/RandomOps.td"
include "Whorl/IR/TokenOps.td"
include "Whorl/IR/RecurrenceOps.td"
include "Whorl/IR/SampleOps.td"
include "Whorl/IR/SamplingOp.td"
include "Whorl/IR/TrainingOps.td"

#endif
