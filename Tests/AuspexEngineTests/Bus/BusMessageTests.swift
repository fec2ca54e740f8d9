import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexEngine

@Suite struct BusMessageTests {
    private func randomBatch(_ generator: inout SplitMix64) -> SignalBatch {
        var batch = SignalBatch()
        for number in 0..<Int.random(in: 0...5, using: &generator) {
            let samples = (0..<Int.random(in: 0...4, using: &generator)).map { index in
                let values = [1.5, -0.0, .infinity, .nan, Double(bitPattern: Sample.staleBits)]
                return Sample(
                    time: noon + .seconds(Int64(index)), value: values.randomElement(using: &generator) ?? 0)
            }
            batch.series.append(
                SeriesSamples(labels: Labels(["__name__": "m\(number)", "ä": "ü\n\u{0}"]), samples: samples))
        }
        for number in 0..<Int.random(in: 0...3, using: &generator) {
            batch.logs.append(
                LogRecord(time: noon, severity: "ERROR", body: "line \(number) é", attributes: Labels(["f": "x"])))
        }
        return batch
    }

    private func isIdentical(_ left: SignalBatch, _ right: SignalBatch) -> Bool {
        // NaN is not equal to itself, so bits are compared.
        left.logs == right.logs && left.series.map(\.labels) == right.series.map(\.labels)
            && left.series.map { $0.samples.map(\.time) } == right.series.map { $0.samples.map(\.time) }
            && left.series.map { $0.samples.map(\.value.bitPattern) }
                == right.series.map { $0.samples.map(\.value.bitPattern) }
    }

    @Test("a batch comes back bit for bit, staleness markers too")
    func batches() throws {
        var generator = SplitMix64(seed: 1)
        for _ in 0..<200 {
            let batch = randomBatch(&generator)
            guard case .signals(let back) = try BusMessage(bytes: BusMessage.signals(batch).bytes()) else {
                Issue.record("another kind of message came back")
                return
            }
            #expect(isIdentical(batch, back))
        }
    }

    @Test("a change comes back")
    func changes() throws {
        let message = BusMessage.change(Change(id: "1", service: "shop", startedAt: noon, outcome: .success))
        #expect(try BusMessage(bytes: message.bytes()) == message)
    }

    @Test("cut or damaged bytes are an error, never a trap or a huge allocation")
    func damaged() throws {
        var generator = SplitMix64(seed: 2)
        for _ in 0..<300 {
            var bytes = try BusMessage.signals(randomBatch(&generator)).bytes()
            for length in 0..<min(bytes.count, 40) {
                _ = try? BusMessage(bytes: Array(bytes.prefix(length)))
            }
            for _ in 0..<4 where !bytes.isEmpty {
                bytes[Int.random(in: bytes.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            _ = try? BusMessage(bytes: bytes)
        }
        #expect(throws: BusMessageError.truncated) { try BusMessage(bytes: []) }
        #expect(throws: BusMessageError.unknownFormat(9)) { try BusMessage(bytes: [9, 1]) }
        #expect(throws: BusMessageError.truncated) { try BusMessage(bytes: [1, 1, 0xff, 0xff, 0xff, 0xff, 0x0f]) }
    }
}
