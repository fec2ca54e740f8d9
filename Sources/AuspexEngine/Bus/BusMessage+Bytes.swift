import AuspexSignals
import Foundation

// Layout, format 1: a format byte, a kind byte, then
//   signals: varint series { varint labels { text name, text value } varint samples { 8-byte time, 8-byte value bits } }
//            varint logs { 8-byte time, text severity, text body, varint attributes { text name, text value } }
//   others:  text JSON
// text = varint length, UTF-8 bytes. Fixed-size numbers are little-endian. Values are kept bit for bit, so that a
// staleness marker stays one.
extension BusMessage {
    private static let format: UInt8 = 1

    private enum Kind: UInt8 {
        case signals = 1
        case change, act, silence, links, alerts, health
    }

    /// The message as bytes for storage and transport.
    package func bytes() throws -> [UInt8] {
        switch self {
        case .signals(let batch):
            var writer = ByteWriter()
            writer.bytes = [Self.format, Kind.signals.rawValue]
            writer.append(batch)
            return writer.bytes
        case .change(let change): return try Self.bytes(.change, change)
        case .act(let act): return try Self.bytes(.act, act)
        case .silence(let change): return try Self.bytes(.silence, change)
        case .links(let report): return try Self.bytes(.links, report)
        case .alerts(let report): return try Self.bytes(.alerts, report)
        case .health(let facts): return try Self.bytes(.health, facts)
        }
    }

    private static func bytes(_ kind: Kind, _ content: some Encodable) throws -> [UInt8] {
        var writer = ByteWriter()
        writer.bytes = [format, kind.rawValue]
        writer.append(String(decoding: try JSONEncoder().encode(content), as: UTF8.self))
        return writer.bytes
    }

    /// Reads a message back.
    ///
    /// - Throws: ``BusMessageError``, or a decoding error for malformed JSON.
    package init(bytes: [UInt8]) throws {
        var reader = ByteReader(bytes: bytes)
        let format = try reader.byte()
        guard format == Self.format else { throw BusMessageError.unknownFormat(format) }
        let kind = try reader.byte()
        func content<Content: Decodable>() throws -> Content {
            try JSONDecoder().decode(Content.self, from: Data(try reader.text().utf8))
        }
        switch Kind(rawValue: kind) {
        case .signals: self = .signals(try reader.batch())
        case .change: self = .change(try content())
        case .act: self = .act(try content())
        case .silence: self = .silence(try content())
        case .links: self = .links(try content())
        case .alerts: self = .alerts(try content())
        case .health: self = .health(try content())
        case nil: throw BusMessageError.unknownFormat(kind)
        }
    }
}

private struct ByteWriter {
    var bytes: [UInt8] = []

    mutating func append(_ batch: SignalBatch) {
        append(count: batch.series.count)
        for series in batch.series {
            append(series.labels)
            append(count: series.samples.count)
            for sample in series.samples {
                append(fixed: UInt64(bitPattern: sample.time.milliseconds))
                append(fixed: sample.value.bitPattern)
            }
        }
        append(count: batch.logs.count)
        for record in batch.logs {
            append(fixed: UInt64(bitPattern: record.time.milliseconds))
            append(record.severity)
            append(record.body)
            append(record.attributes)
        }
    }

    mutating func append(_ labels: Labels) {
        append(count: labels.pairs.count)
        for pair in labels.pairs {
            append(pair.name)
            append(pair.value)
        }
    }

    mutating func append(_ text: String) {
        append(count: text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func append(count: Int) {
        var rest = UInt64(count)
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func append(fixed number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
}

private struct ByteReader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func byte() throws(BusMessageError) -> UInt8 {
        guard position < bytes.count else { throw .truncated }
        defer { position += 1 }
        return bytes[position]
    }

    /// A count of things of at least `size` bytes each: one that the rest cannot hold is refused before memory is taken.
    mutating func count(ofSize size: Int) throws(BusMessageError) -> Int {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 63 else { throw .truncated }
            value |= UInt64(next & 0x7f) << shift
            if next & 0x80 == 0 { break }
            shift += 7
        }
        guard value <= UInt64((bytes.count - position) / size) else { throw .truncated }
        return Int(value)
    }

    mutating func fixed() throws(BusMessageError) -> UInt64 {
        guard bytes.count - position >= 8 else { throw .truncated }
        var value: UInt64 = 0
        for offset in 0..<8 { value |= UInt64(bytes[position + offset]) << UInt64(8 * offset) }
        position += 8
        return value
    }

    mutating func text() throws(BusMessageError) -> String {
        let length = try count(ofSize: 1)
        defer { position += length }
        return String(decoding: bytes[position..<position + length], as: UTF8.self)
    }

    mutating func labels() throws(BusMessageError) -> Labels {
        let count = try count(ofSize: 2)
        var pairs: [Labels.Pair] = []
        pairs.reserveCapacity(count)
        for _ in 0..<count {
            let name = try text()
            pairs.append(Labels.Pair(name: name, value: try text()))
        }
        return Labels(pairs: pairs)
    }

    mutating func batch() throws(BusMessageError) -> SignalBatch {
        var batch = SignalBatch()
        for _ in 0..<(try count(ofSize: 2)) {
            let labels = try labels()
            var samples: [Sample] = []
            let number = try count(ofSize: 16)
            samples.reserveCapacity(number)
            for _ in 0..<number {
                let time = Timestamp(milliseconds: Int64(bitPattern: try fixed()))
                samples.append(Sample(time: time, value: Double(bitPattern: try fixed())))
            }
            batch.series.append(SeriesSamples(labels: labels, samples: samples))
        }
        for _ in 0..<(try count(ofSize: 11)) {
            let time = Timestamp(milliseconds: Int64(bitPattern: try fixed()))
            let severity = try text()
            let body = try text()
            batch.logs.append(LogRecord(time: time, severity: severity, body: body, attributes: try labels()))
        }
        return batch
    }
}
