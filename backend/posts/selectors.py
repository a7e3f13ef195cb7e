"""Read posts: only what the reader may see, a page at a time, in a fixed number of queries.

Who may see what: one's own; what is public; what a friend shares with friends; what stands on one's own wall. Nothing
passes a block, in either direction, by author or by wall. A comment needs its post to be visible too. Counts are
everybody's: they are the same for all readers, as the live ones are.
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Block, User
from friends.selectors import friend_ids

from .models import Like, Post

Visibility = Post.Visibility


def with_people(posts: QuerySet[Post]) -> QuerySet[Post]:
    """The same posts with everybody their cards name."""
    return posts.select_related("author__profile", "mentioned_user__profile", "target_profile__profile")


def visible_to(reader_id: int) -> Q:
    """Posts, not comments, that a reader may see."""
    shared = Q(visibility=Visibility.PUBLIC) | Q(author_id=reader_id) | Q(target_profile_id=reader_id)
    return (shared | Q(author_id__in=friend_ids(reader_id))) & across_no_block(reader_id)


def across_no_block(reader_id: int) -> Q:
    """Posts and comments by authors, and on walls, with no block between them and the reader."""
    blocked = Block.objects.filter(blocker_id=reader_id).values("blocked_id")
    blockers = Block.objects.filter(blocked_id=reader_id).values("blocker_id")
    authors = ~Q(author_id__in=blocked) & ~Q(author_id__in=blockers) & Q(author__is_active=True)
    walls = Q(target_profile=None) | (~Q(target_profile_id__in=blocked) & ~Q(target_profile_id__in=blockers))
    return authors & (Q(author_id=reader_id) | (walls & Q(withheld=False)))


def _shown(posts: QuerySet[Post], reader_id: int) -> QuerySet[Post]:
    liked = Like.objects.filter(post_id=OuterRef("pk"), user_id=reader_id, gone=False)
    return with_people(posts).annotate(is_liked=Exists(liked)).order_by("-pk")


def feed(reader_id: int) -> QuerySet[Post]:
    """Everything a reader may see, the newest first."""
    return _shown(Post.objects.filter(visible_to(reader_id), parent=None), reader_id)


def page_of_member(reader_id: int, member: User) -> QuerySet[Post]:
    """A member's posts and what stands on their wall: their own on other walls are there, not here."""
    own = Q(author=member, target_profile=None) | Q(target_profile=member)
    return feed(reader_id).filter(own)


def posts_for(reader_id: int) -> QuerySet[Post]:
    """Every post and comment a reader may see, for finding one by its id."""
    parents = Post.objects.filter(visible_to(reader_id), pk=OuterRef("parent_id"))
    comments = Q(parent__isnull=False) & Exists(parents) & across_no_block(reader_id)
    return _shown(Post.objects.filter((Q(parent=None) & visible_to(reader_id)) | comments), reader_id)


def post_for(reader_id: int, post_id: int) -> Post | None:
    """One post or comment, if there is one that the reader may see."""
    return posts_for(reader_id).filter(pk=post_id).first()


def replies(reader_id: int, post: Post) -> QuerySet[Post]:
    """The comments on a post that the reader may see, or the answers to a comment, the newest first."""
    about = Q(parent=post) if post.parent_id is None else Q(reply_to_comment=post, parent_id=post.parent_id)
    return _shown(Post.objects.filter(about & across_no_block(reader_id)), reader_id)


def visible_ids(reader_id: int, ids: Iterable[int]) -> set[int]:
    """Which of these posts a reader may see."""
    return set(posts_for(reader_id).filter(pk__in=list(ids)).order_by().values_list("pk", flat=True))


def may_see(member_id: int, post: Post) -> bool:
    """Whether somebody may see a post or comment."""
    return posts_for(member_id).filter(pk=post.pk).exists()
