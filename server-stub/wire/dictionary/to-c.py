#!/usr/bin/env python3
"""to-c.py FILE OUT.h: the bytes of a file as a C array, `dictionary_1`."""
import pathlib
import sys

data = pathlib.Path(sys.argv[1]).read_bytes()
rows = (data[at:at + 20] for at in range(0, len(data), 20))
text = ''.join('  ' + ', '.join(f'{byte}' for byte in row) + ',\n' for row in rows)
pathlib.Path(sys.argv[2]).write_text(f'static const guint8 dictionary_1[{len(data)}] = {{\n{text}}};\n')
