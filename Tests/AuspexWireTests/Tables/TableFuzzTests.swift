import AuspexSignals
import AuspexTesting
import AuspexWire
import Testing

@Suite("Hostile tables") struct TableFuzzTests {
    private static let seeds = [
        "timestamp,cpu,label\n2026-03-01T12:00:00Z,1.5,0\n2026-03-01T12:01:00Z,,1\n",
        "a,\"b\"\"c\",d\r\n\"1\",2,3\r\n4,\"5\n\",6\r\n",
        "{\"labels\":{\"a\":\"b\"},\"timestamp\":1700000000000,\"value\":1}\n{\"labels\":{},\"timestamp\":2,\"value\":2}\n",
        "{\"timestamp\":1,\"value\":\"1.5\",\"x\\n\":[1,{}],\"label\":0}\n",
    ]

    @Test(
        "no mutation of a table traps, and every table that is read has columns of one length", arguments: seeds.indices
    )
    func mutations(index: Int) {
        var generator = SplitMix64(seed: UInt64(index) + 1)
        let letters = Array("\"\\\n\r,;{}[]:0123456789eE.+-nNaA \t\0\u{7f}".utf8) + [0xff, 0xc3]
        for _ in 0..<4_000 {
            var bytes = Array(Self.seeds[index].utf8)
            for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                let letter = letters[Int.random(in: 0..<letters.count, using: &generator)]
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = letter
                case 1: bytes.insert(letter, at: place)
                case 2: bytes.remove(at: place)
                default: bytes.removeSubrange(place...)
                }
            }
            for policy in [TableOptions.BadRows.fail, .skip(reporting: 3)] {
                do throws(TableError) {
                    let table = try read(bytes) { $0.badRows = policy }
                    for series in table.series {
                        #expect(series.columns.count == series.names.count && series.rowCount > 0)
                        #expect(series.columns.allSatisfy { $0.count == series.rowCount })
                        #expect(series.times.map { $0.count == series.rowCount } ?? true)
                        #expect(series.truth.map { $0.count == series.rowCount } ?? true)
                    }
                } catch {
                    #expect(error.description.hasPrefix("t:"))
                }
            }
        }
    }

    @Test("random bytes never trap")
    func noise() {
        var generator = SplitMix64(seed: 99)
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...200, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            _ = failure(bytes)
            _ = failure([0x1f, 0x8b] + bytes)
        }
    }
}
