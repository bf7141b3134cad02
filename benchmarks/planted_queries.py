"""What people type when they look for creators of a topic of the synthetic world.

Written down before anything was measured, and not changed for the sake of a figure. A query asks
for one or several of the world's topics; the *words* of topics are their category words.
"""

from groundswell.engine.synth.lexicon import Topics

# Other words for a topic than its name: what it is about, who does it, what one wants to know.
PARAPHRASES = {
    "trail_running": ["ultramarathon runner", "trail runner", "running in the mountains"],
    "road_running": ["marathon", "half marathon training", "5k runner"],
    "hiking": ["hiker", "camping and tents", "backpacking trips"],
    "climbing": ["rock climber", "boulder gym", "climbing indoors"],
    "cycling": ["cyclist", "gravel biking", "road bike rides"],
    "strength_training": ["weight lifting", "gym workouts", "bodybuilding squat"],
    "yoga": ["yoga teacher", "meditate and breathe", "stretching"],
    "football": ["soccer goalkeeper", "football tactics", "futbol"],
    "skincare": ["skin care routine", "sunscreens", "dry sensitive skin"],
    "makeup": ["make-up tutorials", "eyeshadow", "lipstick and blush"],
    "fashion": ["outfit ideas", "sustainable fashion", "vintage clothes"],
    "sneakers": ["sneaker collector", "sneakerheads", "limited sneakers"],
    "home_cooking": ["easy dinner recipes", "home cook", "meal prepping"],
    "baking": ["baker", "sourdough", "cakes and cookies"],
    "vegan_food": ["plant based recipes", "vegan cooking", "vegans"],
    "coffee": ["barista", "espresso coffee", "how to brew coffee"],
    "travel": ["traveler", "solo travelling", "budget travel"],
    "parenting": ["mom life", "toddlers", "newborn baby tips"],
    "interior_design": ["interior designer", "home decorating", "kitchen renovation"],
    "gardening": ["gardener", "growing vegetables", "house plants"],
    "woodworking": ["woodworker", "furniture building", "handmade tables"],
    "gadgets": ["tech reviews", "smart home", "laptops and phones"],
    "gaming": ["gamer", "video games", "speedrunner"],
    "photography": ["photographer", "landscape photography", "photo editing tips"],
    "music": ["musician", "guitar player", "home studio recording"],
    "books": ["book reviews", "bookworm reading", "fantasy novel"],
    "dogs": ["dog training", "puppies", "rescue dog"],
    "cars": ["car reviews", "classic cars", "electric vehicles"],
    "personal_finance": ["saving money", "investing in index funds", "budget tips"],
    "science": ["space and astronomy", "scientist", "physics explained"],
}
FOREIGN = {
    "trail_running": ["zapatillas de trail", "trailrunning"],
    "hiking": ["senderismo", "wandern"],
    "yoga": ["méditation yoga"],
    "skincare": ["protector solar", "スキンケア"],
    "baking": ["pão caseiro", "brot backen"],
    "vegan_food": ["recetas veganas", "cuisine végétale"],
    "coffee": ["café especial"],
    "travel": ["voyager seule", "reisen mit dem zug"],
    "gardening": ["potager", "jardinería"],
    "gaming": ["jeux vidéo"],
    "books": ["livros", "bücher"],
    "dogs": ["adiestramiento de perros"],
}  # fmt: skip


def by_kind(topics: Topics) -> dict[str, dict[str, list[str]]]:
    """For each kind of query the topics that each query asks for."""
    words: dict[str, list[str]] = {}
    for name, categories in zip(topics.names, topics.categories, strict=True):
        for word in {*categories, name.replace("_", " ")}:
            words.setdefault(word, []).append(name)
    kinds = {"paraphrases": PARAPHRASES, "other languages": FOREIGN}
    return {
        "words": words,
        **{
            kind: {query: [name] for name, queries in asked.items() for query in queries}
            for kind, asked in kinds.items()
        },
    }
