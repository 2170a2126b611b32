"""`python -m shopwright` is the command `shopwright`; launchers of several processes start it by this name."""

from shopwright.cli import main

if __name__ == "__main__":
    main()
