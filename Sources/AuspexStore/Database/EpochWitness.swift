import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The newest epoch of a data directory, in a file beside the database. A database whose own newest epoch is an older
/// one was put back from a backup.
///
/// A backup of the whole directory brings its own witness along and is not noticed by this.
struct EpochWitness {
    /// The file with the number.
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

    /// The newest epoch that was ever taken in the directory: zero when none was, nil when the file does not tell.
    var newest: Int64? {
        guard access(file, F_OK) == 0 || errno != ENOENT else { return 0 }
        let text = FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) }
        return text.flatMap { Int64($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// Takes down that an engine has this epoch.
    func record(_ epoch: Int64) throws(StoreError) { try put("\(epoch)\n", into: file) }

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
