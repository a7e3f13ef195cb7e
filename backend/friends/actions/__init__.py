"""What two people can do about each other, one use case a file, each with the events it records.

Events go to everybody whose lists change: loudly to the other person where they should know, silently to them where
they need only see it, and silently to the actor's own other devices. What a list showed before, plus these events, is
what it shows after.
"""
