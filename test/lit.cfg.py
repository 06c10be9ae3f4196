import os

import lit.formats
from lit.llvm import llvm_config

config.name = "whorl"
config.test_format = lit.formats.ShTest(not llvm_config.use_lit_shell)
config.suffixes = [".mlir", ".test", ".c"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.whorl_obj_root, "test")
config.excludes = ["CMakeLists.txt", "Inputs", "Unit"]

llvm_config.with_system_environment(["HOME", "TMP", "TEMP"])
llvm_config.use_default_substitutions()  # FileCheck, not, count, split-file
llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)
llvm_config.with_environment("PATH", config.whorl_tools_dir, append_path=True)
# Tests check results, not speed: one thread keeps them quick under lit -j.
llvm_config.with_environment("OMP_NUM_THREADS", "2")
llvm_config.add_tool_substitutions(
    [
        "whorl-opt",
        "whorl-compile",
        "whorl-run",
        "whorl-bench",
        "whorl-lsp-server",
        "mlir-opt",
        "mlir-runner",
        "mlir-translate",
        "llvm-objdump",
        "llvm-nm",
    ],
    [config.whorl_tools_dir, config.llvm_tools_dir],
)
config.substitutions.append(("%whorl_lib_dir", config.whorl_lib_dir))
config.substitutions.append(("%whorl_src_root", config.whorl_src_root))
config.substitutions.append(("%cc", config.host_cc))
config.substitutions.append(("%cxx", config.host_cxx))
config.substitutions.append(("%python", config.python))
if config.sanitize:
    config.available_features.add("asan")
