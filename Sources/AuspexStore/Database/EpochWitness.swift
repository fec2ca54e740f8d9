import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The newest epoch of a data directory and where its audit stood, in a file beside the database. A database whose own
/// newest epoch is an older one, or whose audit does not have that entry, was put back from a backup.
///
/// It may lag behind the database and is never ahead of it: an entry is taken down after it is on disk. A backup of the
/// same epoch is therefore noticed unless it is younger than what was taken down last. A backup of the whole directory
/// brings its own witness along and is not noticed by this.
struct EpochWitness {
    /// What the file says.
    struct Testimony: Hashable, Sendable {
        /// The newest epoch; zero when none was taken.
        var epoch: Int64
        /// An entry that the audit has; nil when the file names none, as those of older engines.
        var anchor: AuditAnchor?

        init(epoch: Int64, anchor: AuditAnchor? = nil) {
            self.epoch = epoch
            self.anchor = anchor
        }

        /// Reads a file: `EPOCH`, or `EPOCH SEQUENCE HASH`.
        fileprivate init?(text: String) {
            let fields = text.split(whereSeparator: \.isWhitespace)
            guard let epoch = fields.first.flatMap({ Int64($0) }) else { return nil }
            switch fields.count {
            case 1: self.init(epoch: epoch)
            case 3:
                guard let sequence = Int64(fields[1]), sequence >= 0 else { return nil }
                self.init(epoch: epoch, anchor: AuditAnchor(sequence: sequence, hash: String(fields[2])))
            default: return nil
            }
        }

        fileprivate var text: String {
            let fields = ["\(epoch)"] + (anchor.map { ["\($0.sequence)", $0.hash] } ?? [])
            return fields.joined(separator: " ") + "\n"
        }
    }

    /// The file with the testimony.
    private let file: String
    /// The file that is there from when a restored database was noticed until its open runs have been seen to.
    private let mark: String
    private let directory: String

    /// The witness of the database in `directory`.
    init(directory: String) {
        self.directory = directory
        file = directory + "/epoch"
        mark = directory + "/restored"
    }

    /// Whether a restored database was noticed and its open runs have not been seen to yet.
    var isMarked: Bool { access(mark, F_OK) == 0 || errno != ENOENT }

    /// What is known of the directory; nil when the file does not tell.
    var testimony: Testimony? {
        guard access(file, F_OK) == 0 || errno != ENOENT else { return Testimony(epoch: 0) }
        let text = FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) }
        return text.flatMap { Testimony(text: $0) }
    }

    /// Takes down what is on disk in the database.
    func record(_ testimony: Testimony) throws(StoreError) { try put(testimony.text, into: file) }

    /// Takes down that the database was put back from a backup.
    func setMark() throws(StoreError) { try put("", into: mark) }

    /// Takes down that what follows from that has been done.
    func removeMark() throws(StoreError) {
        guard unlink(mark) == 0 || errno == ENOENT else { throw failure("removing \(mark)") }
        try sync(directory)
    }

    /// Writes a file as a whole and makes it last.
    private func put(_ text: String, into path: String) throws(StoreError) {
        let draft = path + ".new"
        let opened = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw failure("writing \(draft)") }
        let bytes = Array(text.utf8)
        let isWritten =
            bytes.withUnsafeBytes { write(opened, $0.baseAddress, $0.count) } == bytes.count
            && fsync(opened) == 0
        close(opened)
        guard isWritten, rename(draft, path) == 0 else { throw failure("writing \(path)") }
        try sync(directory)
    }

    private func sync(_ directory: String) throws(StoreError) {
        let opened = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw failure("opening \(directory)") }
        defer { close(opened) }
        guard fsync(opened) == 0 else { throw failure("writing \(directory) to disk") }
    }

    private func failure(_ what: String) -> StoreError {
        .directory(path: directory, reason: "\(what): \(String(cString: strerror(errno)))")
    }
}
