import AuspexSignals
import AuspexTesting
import AuspexWire
import Foundation

/// The public log payloads.
enum LogCorpora {
    static let folder = "payloads"
    static let isHere = PublicData.here.isExpected("payloads/syslog")

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: try PublicData.here.url("\(folder)/\(path)")))
    }

    /// The objects of a file with one a line; none where the data is missing, so that a table of them is empty.
    static func cases(_ path: String) -> [JSONValue] {
        guard isHere, let bytes = try? bytes(path) else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { try? JSONValue(parsing: Data($0)) }
    }
}

let arrival = Timestamp(milliseconds: 1_790_000_000_000)

/// Mutations of bytes that begin from the same seed give the same bytes.
struct Mutator {
    private var generator: SplitMix64
    private let letters = Array("\"\\\n\r ,:=<>[]{}0123456789TZ-+.PF\0".utf8) + [0xff, 0xc3, 0x80, 0x92, 0xdf]

    init(seed: UInt64) {
        generator = SplitMix64(seed: seed)
    }

    /// A copy with some bytes changed, added or taken away, or its end cut off.
    mutating func mutate(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...5, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            let letter = letters[Int.random(in: 0..<letters.count, using: &generator)]
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[place] = letter
            case 1: bytes.insert(letter, at: place)
            case 2: bytes.remove(at: place)
            case 3: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }

    /// The bytes in pieces of random sizes.
    mutating func pieces(_ bytes: [UInt8], upTo longest: Int) -> [[UInt8]] {
        var rest = bytes[...]
        var pieces: [[UInt8]] = []
        while !rest.isEmpty {
            let count = Int.random(in: 1...longest, using: &generator)
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return pieces
    }
}
