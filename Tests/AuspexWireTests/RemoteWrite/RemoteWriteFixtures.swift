import AuspexSignals
import AuspexTesting

/// What the tests of remote write share.
enum RemoteWriteFixtures {
    /// A batch of random series with every kind of value.
    static func batch(seed: UInt64) -> SignalBatch {
        var random = SplitMix64(seed: seed)
        let words = ["", "a", "job", "instance", "a value with blanks", "ünïcödé", "\u{0}\u{1f}", "x\"y\\z\n", "日本"]
        let bits: [UInt64] = [
            0, 1 << 63, Sample.staleBits, 0x7ff8_0000_0000_0001, 0x7ff0_0000_0000_0000, 0xfff0_0000_0000_0000, 1,
            0x3ff0_0000_0000_0000, 0x7fef_ffff_ffff_ffff,
        ]
        let series = (0..<Int.random(in: 0...20, using: &random)).map { index in
            var labels = ["__name__": "metric_\(index)"]
            for _ in 0..<Int.random(in: 0...8, using: &random) {
                let name = "l\(UInt8.random(in: 0...255, using: &random))\(words.randomElement(using: &random) ?? "")"
                labels[name] = words.randomElement(using: &random)
            }
            var time = Int64.random(in: -1_000...(.max / 2), using: &random)
            let samples = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                time += Int64.random(in: 0...60_000, using: &random)
                return Sample(
                    time: Timestamp(milliseconds: time),
                    value: Double(bitPattern: bits.randomElement(using: &random) ?? 0))
            }
            return SeriesSamples(labels: Labels(labels), samples: samples)
        }
        return SignalBatch(series: series)
    }

    /// The samples' bits, because NaN differs from itself.
    static func bits(_ batch: SignalBatch) -> [[String]] {
        batch.series.map { series in
            [series.labels.description] + series.samples.map { "\($0.time.milliseconds) \($0.value.bitPattern)" }
        }
    }

    /// A `TimeSeries` field with the given label pairs, in that order, and one sample.
    static func series(_ labels: [(String, String)], time: Int64 = 1, value: Double = 1) -> [UInt8] {
        series(labels.map { (Array($0.0.utf8), Array($0.1.utf8)) }, time: time, value: value)
    }

    /// The same with names and values that need not be text.
    static func series(_ labels: [([UInt8], [UInt8])], time: Int64 = 1, value: Double = 1) -> [UInt8] {
        var content = labels.flatMap { field(1, field(1, $0.0) + field(2, $0.1)) }
        content += sample(time: time, value: value)
        return field(1, content)
    }

    /// A `Sample` field.
    static func sample(time: Int64, value: Double) -> [UInt8] {
        let bytes = withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
        return field(2, [0x09] + bytes + [0x10] + varint(UInt64(bitPattern: time)))
    }

    /// A length-delimited field.
    static func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        [number << 3 | 2] + varint(UInt64(content.count)) + content
    }

    static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
