"""What the demo people have said: posts with their comments, and conversations. Only friends of the cast speak to each other."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """A post: who, of which kind, how many hours ago, what; then comments as (who, what), each an hour or so later."""

    author: str
    kind: str
    hours_ago: float
    content: str
    comments: tuple[tuple[str, str], ...] = ()
    picture: str = ""
    wall_of: str = ""
    friends_only: bool = False


THOUGHT, MEDIA, MILESTONE = "thoughts", "media", "milestones"
HARBOUR, MARKET = "/assets/scenes/harbour.svg", "/assets/scenes/market.svg"

POSTS = (
    Said("ida", THOUGHT, 502, "Day 41 of rain. I have started to greet individual drops."),
    Said(
        "theo",
        MILESTONE,
        489,
        "Two hundred shows. The wolf puppet has been mended more often than my knees.",
        (
            ("lena", "The wolf deserves a medal."),
            ("luca", "And you a chair."),
        ),
    ),
    Said(
        "amara",
        MILESTONE,
        470,
        "The last cable is in. On Saturday the first bus drives over my bridge.",
        (
            ("ines", "So proud of you. Send pictures of the oscillation dampers, I have students."),
            ("omar", "It will be on my next map, in ink."),
            ("amara", "@omar I will hold you to that."),
        ),
    ),
    Said("tomas", THOUGHT, 455, "Spreadsheet of the year: hive seven makes more honey on Tuesdays. I have no theory."),
    Said(
        "luca",
        THOUGHT,
        441,
        "Somebody asked for cream in the carbonara. I am well, thank you, but I had to sit down.",
        (
            ("theo", "Breathe."),
            ("hugo", "I put cream in mine."),
            ("luca", "@hugo we will talk about this."),
        ),
    ),
    Said(
        "mina", MEDIA, 430, "Low tide, early. Nobody about but the boats and me.", (("kenji", "The light!"),), HARBOUR
    ),
    Said(
        "noor",
        THOUGHT,
        402,
        "There is no word in English for what this poem does in its last line. There is barely one in Arabic.",
        (
            ("zara", "Read it to us?"),
            ("elif", "Friday, my place, bring the poem."),
        ),
    ),
    Said("yuki", THOUGHT, 391, "Ground new ink for an hour. Wrote one character. A good day."),
    Said(
        "sofia",
        MILESTONE,
        377,
        "Alto de Letras: 80 km up, 3,700 m. I was overtaken by a dog, twice.",
        (
            ("mateo", "What breed?"),
            ("sofia", "A fast one."),
            ("ravi", "Heroic. I get tired from looking at the profile."),
        ),
    ),
    Said("lena", THOUGHT, 350, "A clock from 1788 runs again. It is now the only thing in this house that is on time."),
    Said(
        "hugo",
        THOUGHT,
        338,
        "All four children asleep at once. I stood in the hall and listened. It is true, there is a sound.",
    ),
    Said(
        "zara", THOUGHT, 322, "Bach at seven in the morning, with the windows open. One neighbour clapped. One did not."
    ),
    Said(
        "omar",
        MEDIA,
        300,
        "Spice market this morning. I drew it, then I bought half of it.",
        (
            ("amara", "Save me some of the dried lime."),
            ("ravi", "What is the orange one?"),
            ("omar", "Happiness, roughly."),
        ),
        MARKET,
    ),
    Said("ravi", THOUGHT, 287, "The sea was flat as a table today. I wrote eleven pages and moved four miles."),
    Said("elif", THOUGHT, 266, "Found a potter's thumbprint, 3,000 years old. Mine fits."),
    Said(
        "kenji",
        MEDIA,
        251,
        "Last train, empty platform.",
        (("yuki", "Print this one."), ("maria", "I can hear it.")),
        HARBOUR,
    ),
    Said("mateo", MILESTONE, 240, "First clean sheet of the season. The accounts balanced too, which was harder."),
    Said(
        "ines",
        THOUGHT,
        221,
        "A student explained entropy to me with a sock drawer, and it was better than the book.",
        (
            ("pablo", "Did the socks survive?"),
            ("maria", "Give that student everything."),
        ),
    ),
    Said(
        "pablo",
        THOUGHT,
        205,
        "Opened a 1951 receiver. Inside: dust, a wasp and, I swear, a weather report.",
        (
            ("ines", "Was it right?"),
            ("pablo", "Rain. So, eventually, yes."),
            ("tomas", "Keep the wasp away from hive seven."),
        ),
    ),
    Said(
        "maria",
        MILESTONE,
        190,
        "One year of the bakery. 31,000 buns. I have counted because I shaped them.",
        (
            ("ines", "I ate at least forty."),
            ("luca", "Complimenti! What hydration?"),
            ("maria", "@luca seventy-two, and I am not sorry."),
            ("ida", "The cardamom ones got me through the rain."),
        ),
    ),
    Said("ida", THOUGHT, 176, "The sun came out for nine minutes. Reported it twice, to be sure."),
    Said(
        "luca",
        MEDIA,
        160,
        "Four hours of ragù, in one picture. You will have to imagine the smell.",
        (
            ("maria", "I came by train for this once and would again."),
            ("theo", "The smell reached Lyon."),
        ),
        MARKET,
    ),
    Said("amara", THOUGHT, 149, "People ask if I am afraid to drive over it. I slept under it for two years."),
    Said(
        "tomas",
        THOUGHT,
        131,
        "Hive seven again. It was a Tuesday.",
        (("lena", "It knows."), ("ida", "Correlate it with pressure?")),
    ),
    Said("noor", THOUGHT, 118, "Translated a contract so badly written that it rhymed by accident."),
    Said(
        "yuki",
        MEDIA,
        104,
        "Washi, drying. Do not breathe near it.",
        (("kenji", "Holding my breath since Tuesday."),),
        HARBOUR,
    ),
    Said("sofia", THOUGHT, 97, "Rest day. Cycled only to the bakery. It is on a hill."),
    Said(
        "mina",
        MILESTONE,
        88,
        "Our squid paper is accepted! The squid has been told and remains calm.",
        (
            ("kenji", "Congratulations to you and to the squid."),
            ("ravi", "First author: squid?"),
        ),
    ),
    Said(
        "zara",
        THOUGHT,
        73,
        "Found a tape of my teacher from 1979. She plays the wrong note I have been defending for years.",
        (
            ("noor", "So it was right all along."),
            ("lena", "Bring it, I have a machine that still turns."),
        ),
    ),
    Said("kenji", THOUGHT, 61, "It snowed on the lens. I left it."),
    Said(
        "hugo",
        MILESTONE,
        50,
        "The youngest has a drum now. This is how it ends.",
        (("pablo", "This is how it begins."), ("mateo", "Condolences.")),
    ),
    Said(
        "ines",
        MEDIA,
        41,
        "Evening class on the pier: refraction, with ice cream.",
        (("maria", "Which flavour is total reflection?"),),
        HARBOUR,
    ),
    Said("omar", THOUGHT, 33, "A village on my 1911 map has moved two kilometres. The river says it did not."),
    Said(
        "maria",
        THOUGHT,
        26,
        "Up at three, the street smells of cardamom, and somebody is practising the trumpet. Who are you? Marry me.",
    ),
    Said(
        "pablo",
        MEDIA,
        20,
        "It plays. 1936, all original, and it found a station that closed in 1994.",
        (
            ("tomas", "That is not how radio works."),
            ("ines", "That is exactly how radio works."),
        ),
        MARKET,
    ),
    Said("theo", THOUGHT, 15, "My critics (4, 6 and 9) say the new play needs more wolf."),
    Said("elif", THOUGHT, 11, "Please, whoever tidied my desk: layer three was the eighth century."),
    Said(
        "ravi", MEDIA, 8, "Anchored for the night. Page 212.", (("mina", "Say hello to the bioluminescence."),), HARBOUR
    ),
    Said("ida", THOUGHT, 5, "Forecast for tomorrow: yes."),
    Said("lena", THOUGHT, 3, "I am late. Everything else in this room is exactly on time."),
)

TALKS: tuple[tuple[str, str, float, tuple[str, ...]], ...] = (
    (
        "ines",
        "maria",
        30,
        (
            "Are you open on Sunday?",
            "Only if I sleep on Saturday. So no.",
            "What if I bring the coffee?",
            "Then I am open from eight, for you, at the back door.",
            "Deal. I need eleven buns.",
            "Eleven?",
            "A student got an eleven. Long story.",
            "They shall be the best eleven.",
        ),
    ),
    (
        "luca",
        "maria",
        52,
        (
            "Seventy-two percent, really?",
            "Really. But cold, and overnight.",
            "I tried. It ran away from me.",
            "You have to fold it every hour. Set an alarm.",
            "I have one for the ragù already.",
            "Then you are awake anyway.",
        ),
    ),
    (
        "kenji",
        "maria",
        120,
        (
            "I have a print of the platform for you.",
            "For the wall beside the oven?",
            "If it likes the heat.",
            "It will be loved.",
        ),
    ),
    (
        "ida",
        "maria",
        6,
        ("It will be dry between six and half past.", "You are an angel of small hours.", "Only an observer."),
    ),
    (
        "pablo",
        "ines",
        18,
        (
            "Do you still have the signal generator?",
            "In the cupboard with the pendulum.",
            "Can I borrow it until Friday?",
            "Take it. Label what you unplug.",
            "I label everything. That is the problem.",
        ),
    ),
    (
        "pablo",
        "tomas",
        44,
        ("Your bees are on the short wave.", "They have always been ambitious.", "I am not joking, come and listen."),
    ),
    ("pablo", "hugo", 9, ("A drum?!", "A small one.", "There are no small ones.")),
    (
        "amara",
        "omar",
        70,
        (
            "Name for the bridge on your map?",
            "They want a number.",
            "I will letter it by hand, twice as large as the river.",
        ),
    ),
    (
        "yuki",
        "kenji",
        25,
        ("Which paper for the snow?", "The thick one, unbleached.", "It takes three days.", "Snow has time."),
    ),
    (
        "lena",
        "theo",
        14,
        ("The wolf's jaw: brass or steel?", "Brass. He is vain.", "Then Thursday. Or Friday.", "So Saturday."),
    ),
    (
        "noor",
        "zara",
        36,
        ("Friday at Elif's, bring the cello?", "If she has a chair without arms.", "She has chairs without legs."),
    ),
    (
        "mina",
        "ravi",
        60,
        ("If the water glows, write down the hour.", "And the colour?", "It is always blue. Write it down anyway."),
    ),
)
"""Who begins, with whom, how many hours ago it ended, and what they say in turn."""
