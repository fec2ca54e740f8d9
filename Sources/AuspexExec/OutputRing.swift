/// The first and the last bytes of an output of any length, in bounded memory.
struct OutputRing {
    private let limit: Int
    private var head: [UInt8] = []
    private var tail: [UInt8] = []
    /// Where the next byte goes in ``tail`` once it is full.
    private var position = 0
    private var total = 0

    /// Keeps `limit` bytes of either end.
    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// Takes the next bytes of the output. O(count), no allocation once both ends are full.
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        total += bytes.count
        let first = min(limit - head.count, bytes.count)
        head.append(contentsOf: bytes.prefix(first))
        // Of a block larger than the tail only its end can stay.
        var rest = bytes.dropFirst(first).suffix(limit)
        let room = rest.prefix(limit - tail.count)
        tail.append(contentsOf: room)
        rest = rest.dropFirst(room.count)
        while !rest.isEmpty {
            let part = rest.prefix(limit - position)
            tail.withUnsafeMutableBufferPointer { tail in
                _ = tail[position..<(position + part.count)].update(fromContentsOf: part)
            }
            position = (position + part.count) % limit
            rest = rest.dropFirst(part.count)
        }
    }

    /// Both ends as text, and the number of bytes between them. Bytes that are not UTF-8 become U+FFFD.
    var output: Status.Output {
        let dropped = total - head.count - tail.count
        let end = Array(tail[position...] + tail[..<position])
        if dropped == 0 {
            return Status.Output(head: String(decoding: head + end, as: UTF8.self), tail: "", droppedBytes: 0)
        }
        return Status.Output(
            head: String(decoding: head, as: UTF8.self), tail: String(decoding: end, as: UTF8.self),
            droppedBytes: dropped)
    }
}
