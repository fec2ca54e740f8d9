import AuspexSignals
import AuspexTesting
import Foundation
import SwiftProtobuf
import Testing

@testable import AuspexWire

@Suite struct RemoteWriteTests {
    /// up{job="x"} 1.5 at 1000 ms, written out by hand after the protobuf encoding guide.
    static let golden: [UInt8] = [
        0x0a, 0x2a,  // timeseries, 42 bytes
        0x0a, 0x0e, 0x0a, 0x08, 0x5f, 0x5f, 0x6e, 0x61, 0x6d, 0x65, 0x5f, 0x5f, 0x12, 0x02, 0x75, 0x70,  // __name__=up
        0x0a, 0x08, 0x0a, 0x03, 0x6a, 0x6f, 0x62, 0x12, 0x01, 0x78,  // job=x
        0x12, 0x0c, 0x09, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0x10, 0xe8, 0x07,  // 1.5 at 1000
        0x1a, 0x00,  // an empty exemplar
    ]

    static let goldenBatch = SignalBatch(series: [
        SeriesSamples(
            labels: Labels(["__name__": "up", "job": "x"]),
            samples: [Sample(time: Timestamp(milliseconds: 1_000), value: 1.5)])
    ])

    @Test("bytes written by hand are read")
    func golden() throws {
        let result = try RemoteWrite.decodeMessage(Self.golden)
        #expect(result.batch == Self.goldenBatch)
        #expect(result.exemplars == 1)
        #expect(result.status == 204 && result.problem == nil)
    }

    @Test("a batch is written as the bytes written by hand")
    func goldenEncoding() {
        var expected = Self.golden
        expected.removeLast(2)
        expected[1] -= 2
        #expect(RemoteWrite.encodeMessage(Self.goldenBatch) == expected)
    }

    @Test("what is encoded is decoded bit for bit", arguments: 0..<50)
    func roundTrip(seed: Int) throws {
        let batch = RemoteWriteFixtures.batch(seed: UInt64(seed))
        let result = try RemoteWrite.decode(try RemoteWrite.encode(batch))
        #expect(RemoteWriteFixtures.bits(result.batch) == RemoteWriteFixtures.bits(batch))
        #expect(result.rejectedSeries == 0)
    }

    @Test("SwiftProtobuf reads the same from what is encoded, and writes the same bytes", arguments: 50..<100)
    func twin(seed: Int) throws {
        let batch = RemoteWriteFixtures.batch(seed: UInt64(seed))
        let message = RemoteWrite.encodeMessage(batch)
        let twin = try TwinWriteRequest(serializedBytes: message)
        let asRead = SignalBatch(
            series: twin.timeseries.map { series in
                SeriesSamples(
                    labels: Labels(Dictionary(uniqueKeysWithValues: series.labels.map { ($0.name, $0.value) })),
                    samples: series.samples.map {
                        Sample(time: Timestamp(milliseconds: $0.timestamp), value: $0.value)
                    })
            })
        #expect(RemoteWriteFixtures.bits(asRead) == RemoteWriteFixtures.bits(batch))
        #expect(try [UInt8](twin.serializedBytes() as Data) == message)
    }

    @Test("the marker that ends a series keeps its bits")
    func staleMarker() throws {
        let stale = Double(bitPattern: Sample.staleBits)
        let message = RemoteWriteFixtures.series([("__name__", "up")], value: stale)
        let sample = try #require(try RemoteWrite.decodeMessage(message).batch.series.first?.samples.first)
        #expect(sample.value.bitPattern == 0x7ff0_0000_0000_0002)
        #expect(sample.isStale)
    }

    @Test("missing fields are zero, negative times are read")
    func defaults() throws {
        let label = RemoteWriteFixtures.field(
            1, RemoteWriteFixtures.field(1, [0x61]) + RemoteWriteFixtures.field(2, [0x62]))
        let message = RemoteWriteFixtures.field(1, label + RemoteWriteFixtures.field(2, []))
        let sample = try RemoteWrite.decodeMessage(message).batch.series.first?.samples.first
        #expect(sample == Sample(time: Timestamp(milliseconds: 0), value: 0))
        let early = try RemoteWrite.decodeMessage(RemoteWriteFixtures.series([("a", "b")], time: -5))
        #expect(early.batch.series.first?.samples.first?.time == Timestamp(milliseconds: -5))
    }

    @Test("samples that are out of order are sorted, equal times stay in order")
    func sorting() throws {
        var content = RemoteWriteFixtures.field(
            1, RemoteWriteFixtures.field(1, [0x61]) + RemoteWriteFixtures.field(2, [0x62]))
        for (time, value) in [(30, 1.0), (10, 2.0), (30, 3.0), (20, 4.0)] {
            content += RemoteWriteFixtures.sample(time: Int64(time), value: value)
        }
        let series = try RemoteWrite.decodeMessage(RemoteWriteFixtures.field(1, content)).batch.series.first
        #expect(series?.samples.map(\.value) == [2, 4, 1, 3])
    }

    @Test("requests with only metadata are fine, histograms and exemplars are counted")
    func unsupportedParts() throws {
        let metadata = RemoteWriteFixtures.field(3, [0x08, 0x01])
        let onlyMetadata = try RemoteWrite.decodeMessage(metadata + metadata)
        #expect(onlyMetadata.metadata == 2 && onlyMetadata.batch == SignalBatch() && onlyMetadata.status == 204)
        let label = RemoteWriteFixtures.field(
            1, RemoteWriteFixtures.field(1, [0x61]) + RemoteWriteFixtures.field(2, [0x62]))
        let histogram = RemoteWriteFixtures.field(4, [0x08, 0x01])
        let exemplar = RemoteWriteFixtures.field(3, [])
        let message = RemoteWriteFixtures.field(1, label + histogram + histogram + exemplar)
        let result = try RemoteWrite.decodeMessage(message)
        #expect(result.histograms == 2 && result.exemplars == 1 && result.batch.series.isEmpty && result.status == 204)
    }

    @Test("labels that stand apart belong together")
    func scatteredLabels() throws {
        func label(_ name: String) -> [UInt8] {
            RemoteWriteFixtures.field(
                1, RemoteWriteFixtures.field(1, Array(name.utf8)) + RemoteWriteFixtures.field(2, [0x76]))
        }
        let content = label("a") + RemoteWriteFixtures.sample(time: 1, value: 1) + label("b")
        let cache = LabelCache(slots: 8)
        for _ in 0..<2 {
            let result = try RemoteWrite.decodeMessage(RemoteWriteFixtures.field(1, content), cache: cache)
            #expect(result.batch.series.map(\.labels) == [Labels(["a": "v", "b": "v"])])
        }
        #expect(cache.statistics.hits == 0, "the bytes between two labels must not become a key")
    }

    @Test("an empty body after decompression is an empty request")
    func emptyMessage() throws {
        let block = try SnappyBlock.compress([])
        #expect(block == [0])
        #expect(try RemoteWrite.decode(block) == RemoteWriteResult())
    }

    @Test(
        "bodies that Prometheus and vmagent have sent are read in full",
        .enabled(if: PublicData.here.isExpected("payloads/remote-write-1.0"), "\(PublicData.hint)"),
        arguments: [
            ("rw1-01", 500, 0), ("rw1-02", 500, 0), ("rw1-03", 500, 0), ("rw1-04", 500, 0), ("rw1-05", 500, 0),
            ("rw1-06", 0, 460), ("vmagent-01", 513, 0), ("vmagent-02", 513, 0),
        ])
    func captured(name: String, series: Int, metadata: Int) throws {
        let folder = try PublicData.here.url("payloads/remote-write-1.0")
        let body = try Data(contentsOf: folder.appending(path: name + ".snappy"))
        let result = try RemoteWrite.decode(body)
        #expect(result.rejectedSeries == 0, "\(result.problem ?? "")")
        #expect(result.batch.series.count == series && result.batch.sampleCount == series)
        #expect(result.metadata == metadata)
        #expect(result.batch.series.allSatisfy { !$0.labels.name.isEmpty })

        let cache = LabelCache()
        for _ in 0..<2 {
            let cached = try RemoteWrite.decode(body, cache: cache)
            #expect(RemoteWriteFixtures.bits(cached.batch) == RemoteWriteFixtures.bits(result.batch))
        }
        // A few label sets share a slot and push each other out.
        #expect(cache.statistics.hits >= series * 9 / 10, "the second time nearly every label set is known")

        let twin = try TwinWriteRequest(serializedBytes: try SnappyBlock.decompress(body, limit: 1 << 30))
        #expect(twin.timeseries.map(\.labels.count) == result.batch.series.map(\.labels.pairs.count))
        #expect(
            twin.timeseries.flatMap { $0.samples.map(\.value.bitPattern) }
                == result.batch.series.flatMap { $0.samples.map(\.value.bitPattern) })
    }
}
