"""Networks' interfaces: what to ask of them, and what their replies mean.

Pure: a walk gets a function that fetches, and gives pages of canonical rows. One folder a network;
``registry`` names them all. Replies are read as what they are: texts from a stranger.
"""
