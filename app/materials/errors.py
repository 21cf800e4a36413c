"""Why a file is not taken, and what the person can do about it."""

from app.kernel.errors import DomainError, NotFound


class FileRefused(DomainError):
    """The file cannot be taken as it is. Its kinds below say why."""

    code = "file-refused"
    message = "The file cannot be taken."


class NameUnusable(FileRefused):
    """Nothing is left of the name once paths and invisible characters are gone."""

    code = "file-name-unusable"
    message = "The file has no usable name."
    remedy = "Give the file a name with an extension, such as “report.pdf”, and upload it again."


class FileEmpty(FileRefused):
    """Not one byte."""

    code = "file-empty"
    message = "The file “%(filename)s” is empty."
    remedy = "Open it to see whether it was saved, and upload it again."


class FileTooLarge(FileRefused):
    """More bytes than the requirement allows."""

    code = "file-too-large"
    message = "The file “%(filename)s” is larger than %(limit)s MB."
    remedy = "Save it with less resolution, or split it."


class FormatNotAllowed(FileRefused):
    """The extension is not among those that the requirement takes."""

    code = "file-format-not-allowed"
    message = "The file “%(filename)s” is of a kind that is not taken here."
    remedy = "Upload one of these kinds: %(allowed)s."


class ContentMismatch(FileRefused):
    """The bytes are not what the extension says, or the file was cut short."""

    code = "file-content-mismatch"
    message = "The file “%(filename)s” is not a complete %(kind)s file, whatever its name says."
    remedy = "Open it in the program it was made with, save it as %(kind)s, and upload it again."


class SecondContent(FileRefused):
    """Bytes of another format lie in the file, so that another program would read something else in it."""

    code = "file-second-content"
    message = "The file “%(filename)s” holds a second file or a script inside."
    remedy = "Save or print it to a new file and upload that; attach what belongs to it as files of their own."


class ActiveContent(FileRefused):
    """Macros, programs or controls."""

    code = "file-active-content"
    message = "The file “%(filename)s” contains macros or programs (%(entry)s)."
    remedy = "Save it without macros, or as PDF, and upload it again."


class ArchiveUnsafe(FileRefused):
    """An archive that unpacks to far more than it should, is encrypted, or would write outside its folder."""

    code = "file-archive-unsafe"
    message = "The archive in “%(filename)s” cannot be opened safely."
    remedy = "Pack it again without a password, without archives inside, and with less than %(limit)s MB unpacked."


class NoMaterial(NotFound):
    """No such file in this jurisdiction."""

    code = "no-material"
    message = "There is no material “%(key)s”, or you may not see it."


class FileDamaged(DomainError):
    """The stored file is gone, or is no longer the one that was handed in."""

    code = "file-damaged"
    message = "The stored file “%(filename)s” is missing or no longer the one that was handed in."
    remedy = "Tell the operator: the file has to come back from a backup."
