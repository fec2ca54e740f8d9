import AuspexSignals

/// The frame of a detector's snapshot: four letters, the format's version, which detector it is of, the state, and a hash
/// of all of these that tells a damaged snapshot from a whole one.
enum DetectorSnapshot {
    /// Whose state it is.
    enum Kind: UInt8 {
        case templateRate = 1
        case session = 2
        case parameter = 3
        case severityShift = 4
        case sessionTracker = 5
        case timeWindows = 6
    }

    /// Counts the changes of the format; a snapshot of another version is refused.
    static let version: UInt8 = 1

    private static let letters: [UInt8] = Array("AXLD".utf8)
    private static let headerBytes = 6
    private static let hashBytes = 8

    static func seal(_ kind: Kind, _ write: (inout StateWriter) -> Void) -> [UInt8] {
        var state = StateWriter()
        write(&state)
        var bytes = letters + [version, kind.rawValue] + state.bytes
        var tail = StateWriter()
        tail.write(fixed: hash(bytes[...]))
        bytes += tail.bytes
        return bytes
    }

    /// Gives `body` a reader of the state, once the frame is found whole.
    ///
    /// - Throws: ``LogSnapshotError`` also when `body` leaves something over.
    static func open<State>(
        _ bytes: [UInt8], _ kind: Kind, _ body: (inout StateReader) throws(LogSnapshotError) -> State
    ) throws(LogSnapshotError) -> State {
        guard bytes.count >= headerBytes + hashBytes, Array(bytes[..<4]) == letters else {
            throw LogSnapshotError(offset: 0, reason: "not a snapshot of a log detector")
        }
        guard bytes[4] == version else {
            throw LogSnapshotError(offset: 4, reason: "format version \(bytes[4]); this program reads \(version)")
        }
        guard bytes[5] == kind.rawValue else {
            throw LogSnapshotError(offset: 5, reason: "a snapshot of kind \(bytes[5]); expected \(kind.rawValue)")
        }
        let end = bytes.count - hashBytes
        var tail = StateReader(bytes, in: end..<bytes.count)
        guard try tail.fixed() == hash(bytes[..<end]) else {
            throw LogSnapshotError(offset: end, reason: "damaged: the hash does not fit")
        }
        var reader = StateReader(bytes, in: headerBytes..<end)
        let state = try body(&reader)
        guard reader.isAtEnd else { throw reader.error("there is more than a detector") }
        return state
    }

    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var hash = StableHash()
        hash.combine(bytes)
        return hash.value
    }
}
