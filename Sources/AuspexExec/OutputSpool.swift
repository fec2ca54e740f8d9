import Glibc

/// The beginning of an output in a file, for whoever looks on while the program runs.
///
/// It is a help and no more: what cannot be written, because the disk is full or the file is at its limit, is left out,
/// and the program never waits for it.
struct OutputSpool {
    private let file: Int32
    private var room: Int

    /// Makes the file, which takes `limit` bytes.
    init(path: String, limit: Int) {
        file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
        room = file < 0 ? 0 : max(0, limit)
    }

    /// Takes the next bytes of the output.
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard room > 0 else { return }
        var rest = bytes.prefix(room)
        room -= rest.count
        while !rest.isEmpty {
            let count = write(file, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
            guard count > 0 || errno == EINTR else { return room = 0 }
            rest = rest.dropFirst(max(0, count))
        }
    }

    /// Closes the file.
    func finish() { if file >= 0 { close(file) } }
}
