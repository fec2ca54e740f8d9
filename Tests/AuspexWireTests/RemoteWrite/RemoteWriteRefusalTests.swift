import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexWire

@Suite struct RemoteWriteRefusalTests {
    typealias Reason = RemoteWriteRejection.Reason

    static let badLabels: [(labels: [(String, String)], reason: Reason)] = [
        ([], .noLabels),
        ([("a", "")], .noLabels),
        ([("", "v")], .emptyLabelName),
        ([("__name__", "up"), ("", "v")], .emptyLabelName),
        ([("a", "1"), ("a", "2")], .duplicateLabel("a")),
        ([("b", "1"), ("a", "2")], .unsortedLabel("a", after: "b")),
        ([("a", "1"), ("b", ""), ("ab", "2")], .unsortedLabel("ab", after: "b")),
        ([(String(repeating: "n", count: 1_025), "v")], .labelNameTooLong(bytes: 1_025, limit: 1_024)),
        ([("n", String(repeating: "v", count: 16_385))], .labelValueTooLong(name: "n", bytes: 16_385, limit: 16_384)),
    ]

    @Test("labels that may not be sent are refused by name, the other series survive", arguments: badLabels.indices)
    func labels(index: Int) throws {
        let (labels, reason) = Self.badLabels[index]
        let good = RemoteWriteFixtures.series([("__name__", "up")])
        for cache in [nil, LabelCache(slots: 4)] {
            let message = good + RemoteWriteFixtures.series(labels) + good
            let result = try RemoteWrite.decodeMessage(message, cache: cache)
            #expect(result.batch.series.map(\.labels.name) == ["up", "up"])
            #expect(result.rejections.map(\.reason) == [reason])
            #expect(result.rejections.map(\.index) == [1])
            #expect(result.rejectedSeries == 1 && result.rejectedSamples == 1)
            #expect(result.status == 400)
            #expect(result.problem?.contains("series 1") == true)
        }
    }

    @Test("labels that are not UTF-8 are refused", arguments: [true, false])
    func invalidUTF8(inName: Bool) throws {
        let bad: [UInt8] = [0x61, 0xff]
        let message = RemoteWriteFixtures.series([inName ? (bad, [0x61]) : ([0x61], bad)])
        let result = try RemoteWrite.decodeMessage(message)
        #expect(result.rejections.map(\.reason) == [.invalidUTF8])
    }

    @Test("too many labels are refused")
    func tooManyLabels() throws {
        let labels = (100..<104).map { ("l\($0)", "v") }
        let result = try RemoteWrite.decodeMessage(
            RemoteWriteFixtures.series(labels), limits: RemoteWriteLimits(labelsPerSeries: 3))
        #expect(result.rejections.map(\.reason) == [.tooManyLabels(limit: 3)])
    }

    @Test("an empty value is the same as no label")
    func emptyValue() throws {
        let result = try RemoteWrite.decodeMessage(RemoteWriteFixtures.series([("a", "1"), ("b", ""), ("c", "2")]))
        #expect(result.batch.series.map(\.labels) == [Labels(["a": "1", "c": "2"])])
    }

    @Test("of many refusals the first are described and all are counted")
    func manyRejections() throws {
        let message = (0..<50).flatMap { _ in RemoteWriteFixtures.series([("", "v")]) }
        let result = try RemoteWrite.decodeMessage(message, limits: RemoteWriteLimits(describedRejections: 3))
        #expect(result.rejections.count == 3 && result.rejectedSeries == 50)
        #expect(result.problem?.hasSuffix("and 47 more series") == true)
    }

    @Test("a refused metric's name cannot write control characters into a log")
    func printableNames() throws {
        let message = RemoteWriteFixtures.series([("__name__", "a\u{1b}[31m\n"), ("__name__", "b")])
        let text = try #require(try RemoteWrite.decodeMessage(message).problem)
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    }

    static let malformed: [(bytes: [UInt8], status: Int)] = [
        ([0x0a], 400),  // a field without its length
        ([0x0a, 0x05, 0x0a], 400),  // a field longer than the message
        ([0x08, 0x01], 400),  // timeseries as a number
        ([0x00], 400),  // field number 0
        ([0x0b], 400),  // a group
        ([0x0f], 400),  // a wire type that does not exist
        ([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], 400),  // a length of 2^64 - 1
        ([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], 400),  // more than 64 bits
        ([0x0a, 0x04, 0x12, 0x02, 0x09, 0x00], 400),  // a value of one byte
        ([0x0a, 0x04, 0x12, 0x02, 0x08, 0x00], 400),  // a value as a number
        ([0x0a, 0x04, 0x0a, 0x02, 0x08, 0x00], 400),  // a label's name as a number
        ([0x25, 0x00], 400),  // an unknown field that is cut short
    ]

    @Test("malformed messages are refused as a whole, even behind a good series", arguments: malformed.indices)
    func malformedMessage(index: Int) throws {
        let bytes = Self.malformed[index].bytes
        for message in [bytes, RemoteWriteFixtures.series([("a", "b")]) + bytes] {
            let error = #expect(throws: RemoteWriteError.self) { try RemoteWrite.decodeMessage(message) }
            #expect(error?.status == Self.malformed[index].status)
        }
    }

    @Test("malformed protobuf behind a bad label is still found")
    func malformedBehindBadLabel() {
        let emptyName = RemoteWriteFixtures.field(1, RemoteWriteFixtures.field(2, [0x76]))
        let cut: [UInt8] = [0x0a, 0x02, 0x0a, 0x05]
        #expect(throws: RemoteWriteError.self) {
            try RemoteWrite.decodeMessage(RemoteWriteFixtures.field(1, emptyName + cut))
        }
    }

    @Test("unknown fields of every layout are stepped over")
    func unknownFields() throws {
        let unknown: [UInt8] = [0x78, 0x01, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7a, 0x01, 0xff, 0x7d, 1, 2, 3, 4]
        let message = unknown + RemoteWriteFixtures.series([("a", "b")]) + unknown
        #expect(try RemoteWrite.decodeMessage(message).batch.sampleCount == 1)
    }

    @Test("a message cut at any byte is an error or a shorter request, never a crash")
    func everyPrefix() {
        let message = RemoteWrite.encodeMessage(RemoteWriteFixtures.batch(seed: 3))
        for length in 0..<message.count {
            let result = try? RemoteWrite.decodeMessage(Array(message.prefix(length)))
            #expect((result?.batch.sampleCount ?? 0) <= RemoteWriteFixtures.batch(seed: 3).sampleCount)
        }
    }

    @Test("random damage is an error or a result, never a crash", arguments: 0..<20)
    func damage(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let message = RemoteWrite.encodeMessage(RemoteWriteFixtures.batch(seed: UInt64(seed)))
        let block = try SnappyBlock.compress(message)
        let cache = LabelCache(slots: 2)
        for _ in 0..<200 {
            for original in [message, block] where !original.isEmpty {
                var bytes = original
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                let direct = try? RemoteWrite.decodeMessage(bytes)
                let cached = try? RemoteWrite.decodeMessage(bytes, cache: cache)
                #expect(
                    direct.map { RemoteWriteFixtures.bits($0.batch) }
                        == cached.map { RemoteWriteFixtures.bits($0.batch) })
                _ = try? RemoteWrite.decode(bytes)
            }
        }
    }

    @Test("limits on samples and series hold")
    func countLimits() {
        let message = (0..<5).flatMap { RemoteWriteFixtures.series([("a", "\($0)")]) }
        let samples = #expect(throws: RemoteWriteError.self) {
            try RemoteWrite.decodeMessage(message, limits: RemoteWriteLimits(samples: 4))
        }
        #expect(samples == .tooManySamples(limit: 4) && samples?.status == 413)
        let series = #expect(throws: RemoteWriteError.self) {
            try RemoteWrite.decodeMessage(message, limits: RemoteWriteLimits(series: 4))
        }
        #expect(series == .tooManySeries(limit: 4) && series?.status == 413)
    }

    @Test("a block that announces more than it can hold or than the limit is refused before anything is allocated")
    func bombs() {
        // 0xffffffff bytes announced in five.
        let lie: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0x0f]
        #expect(throws: RemoteWriteError.uncompressedTooLarge(bytes: 0xffff_ffff, limit: 110)) {
            try RemoteWrite.decode(lie)
        }
        let error = #expect(throws: RemoteWriteError.self) {
            let block = try SnappyBlock.compress(Array(repeating: 0, count: 1_000_000))
            return try RemoteWrite.decode(block, limits: RemoteWriteLimits(uncompressedBytes: 999_999))
        }
        #expect(error == .uncompressedTooLarge(bytes: 1_000_000, limit: 999_999) && error?.status == 413)
    }

    @Test("what is not a snappy block is refused")
    func badSnappy() {
        #expect(throws: RemoteWriteError.invalidSnappy) { try RemoteWrite.decode([UInt8]()) }
        #expect(throws: RemoteWriteError.invalidSnappy) { try RemoteWrite.decode([0x05, 0x00] as [UInt8]) }
        #expect(throws: RemoteWriteError.invalidSnappy) { try RemoteWrite.decode([0x00, 0x00] as [UInt8]) }
        #expect(throws: RemoteWriteError.framedSnappy) {
            try RemoteWrite.decode([0xff, 0x06, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59, 0x01] as [UInt8])
        }
        #expect(throws: RemoteWriteError.bodyTooLarge(bytes: 3, limit: 2)) {
            try RemoteWrite.decode([0, 0, 0] as [UInt8], limits: RemoteWriteLimits(compressedBytes: 2))
        }
    }

    @Test("a body that is not contiguous is read all the same")
    func notContiguous() throws {
        let block = try RemoteWrite.encode(RemoteWriteTests.goldenBatch)
        #expect(try RemoteWrite.decode(block.lazy.map { $0 }).batch == RemoteWriteTests.goldenBatch)
    }
}
