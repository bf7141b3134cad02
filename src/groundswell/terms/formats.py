"""Formats: the kinds of post."""

from enum import StrEnum


class Format(StrEnum):
    """What kind of post a creator publishes."""

    IMAGE = "image"  # one still picture
    CAROUSEL = "carousel"  # several pictures or clips to swipe through
    REEL = "reel"  # vertical short video in a feed of its own (Instagram, Facebook)
    STORY = "story"  # gone after a day
    SHORT = "short"  # vertical short video (YouTube, Snapchat)
    VIDEO = "video"  # any other recorded video
    LIVE = "live"  # broadcast as it happens
    TEXT = "text"  # words, with or without a link
    ARTICLE = "article"  # a page on a site or blog
