"""`python -m caomai` is the command caom-ai."""

from caomai.commands import main

main()
