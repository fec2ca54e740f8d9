import AuspexSignals
import AuspexTesting

@testable import AuspexLogs

/// Snapshots that are damaged on purpose, with a hash that fits.
enum ResealedSnapshot {
    private static let headerBytes = 6
    private static let hashBytes = 8

    /// The snapshot with one byte of its state changed.
    static func damaged(_ snapshot: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = Array(snapshot.dropLast(hashBytes))
        let place = headerBytes + Int(random.next() % UInt64(bytes.count - headerBytes))
        bytes[place] = random.next() % 2 == 0 ? UInt8(truncatingIfNeeded: random.next()) : bytes[place] ^ 0x80
        var hash = StableHash()
        hash.combine(bytes)
        var tail = StateWriter()
        tail.write(fixed: hash.value)
        return bytes + tail.bytes
    }

    /// Cut and damaged snapshots without a hash that fits are refused.
    static func refuses(_ snapshot: [UInt8], _ restore: ([UInt8]) throws -> Void) -> Bool {
        var flipped = snapshot
        flipped[snapshot.count / 2] ^= 1
        var other = snapshot
        other[4] += 1
        return [[], Array(snapshot.dropLast()), flipped, other, snapshot + [0]].allSatisfy { bytes in
            do {
                try restore(bytes)
                return false
            } catch {
                return error is LogSnapshotError
            }
        }
    }
}
