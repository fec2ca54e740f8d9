import AuspexDetection
import AuspexTesting
import Testing

@Suite struct SnapshotTests {
    private func sample() -> [UInt8] {
        var writer = SnapshotWriter(kind: "sample", version: 3)
        writer.write(-5)
        writer.write(-0.0)
        writer.write(true)
        writer.write("grüße")
        writer.write([1, 2, 3] as [UInt8])
        writer.write([1.5, -.infinity])
        return writer.finished()
    }

    @Test("values come back as they were written, to the bit")
    func roundTrip() throws {
        var reader = try SnapshotReader(sample(), kind: "sample", version: 3)
        #expect(try reader.readInteger() == -5)
        #expect(try reader.readDouble().bitPattern == (-0.0).bitPattern)
        #expect(try reader.readBool())
        #expect(try reader.readString() == "grüße")
        #expect(try reader.readBytes() == [1, 2, 3])
        #expect(try reader.readDoubles() == [1.5, -.infinity])
        try reader.finish()
    }

    @Test("another kind, another version and left-over bytes are told apart")
    func refusals() throws {
        let kind = try #require(throws: DetectorError.self) { try SnapshotReader(sample(), kind: "other", version: 3) }
        #expect(kind.description == "the snapshot cannot be restored: it is of kind 'sample' and 'other' was expected")
        let version = try #require(throws: DetectorError.self) {
            try SnapshotReader(sample(), kind: "sample", version: 4)
        }
        #expect(version.description.hasSuffix("'sample' has format 3 and this release reads 4"))
        var reader = try SnapshotReader(sample(), kind: "sample", version: 3)
        #expect(throws: DetectorError.self) { try reader.finish() }
        #expect(throws: DetectorError.self) { try reader.readInteger(in: 0...9) }
    }

    @Test("a count that promises more than there is reads nothing")
    func lyingCount() throws {
        for count in [Int.max, 1 << 40, 9, -1] {
            var writer = SnapshotWriter(kind: "k", version: 1)
            writer.write(count)
            var reader = try SnapshotReader(writer.finished(), kind: "k", version: 1)
            #expect(throws: DetectorError.self) { try reader.readDoubles() }
            var bytes = try SnapshotReader(writer.finished(), kind: "k", version: 1)
            #expect(throws: DetectorError.self) { try bytes.readBytes() }
        }
    }

    @Test("random bytes are no snapshot", arguments: 0..<40)
    func random(length: Int) {
        var random = SplitMix64(seed: UInt64(length))
        let bytes = Array("AUSX".utf8) + (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
        #expect(throws: DetectorError.self) { try SnapshotReader(bytes, kind: "k", version: 1) }
    }
}
