# SPDX-License-Identifier: MIT
"""What a type checker sees of the compiled module: cffi's objects have no static types."""

from typing import Any

ffi: Any
lib: Any
