import AuspexSignals
import Foundation

/// Reads the labels of one series and checks that they may be sent.
struct LabelSetReader {
    let limits: RemoteWriteLimits

    /// Labels that may not be sent.
    struct Rejected: Error {
        /// The metric's name as far as it could be read.
        var metric = ""
        let reason: RemoteWriteRejection.Reason
    }

    /// Reads all labels (field 1) in `range`; other fields are stepped over.
    ///
    /// - Throws: Only for malformed protobuf. Labels that are well-formed but wrong are a result.
    func read(
        _ bytes: UnsafeRawBufferPointer, in range: Range<Int>
    ) throws(RemoteWriteError) -> Result<Labels, Rejected> {
        var cursor = ProtobufCursor<RemoteWriteError>(bytes, in: range)
        var members: [Labels.Pair] = []
        members.reserveCapacity(16)
        var previous: Range<Int>?
        var count = 0
        var wrong: RemoteWriteRejection.Reason?
        while let tag = try cursor.nextTag() {
            guard tag.field == 1 else {
                try cursor.skip(tag.type)
                continue
            }
            try cursor.expect(.lengthDelimited, of: tag, "TimeSeries.labels")
            let (name, value) = try readLabel(bytes, in: try cursor.lengthDelimited())
            count += 1
            // After the first mistake the walk goes on, so that malformed protobuf behind it is still found.
            guard wrong == nil else { continue }
            wrong = check(bytes, name: name, value: value, previous: previous, count: count)
            previous = name
            guard wrong == nil, !value.isEmpty else { continue }
            if let name = text(bytes, name), let value = text(bytes, value) {
                members.append(Labels.Pair(name: name, value: value))
            } else {
                wrong = .invalidUTF8
            }
        }
        if wrong == nil, members.isEmpty { wrong = .noLabels }
        guard let wrong else { return .success(Labels(pairs: members)) }
        let metric = members.first { $0.name == Labels.metricName }?.value ?? ""
        return .failure(Rejected(metric: shortened(metric), reason: wrong))
    }

    private func readLabel(
        _ bytes: UnsafeRawBufferPointer, in range: Range<Int>
    ) throws(RemoteWriteError) -> (name: Range<Int>, value: Range<Int>) {
        var cursor = ProtobufCursor<RemoteWriteError>(bytes, in: range)
        var name = range.lowerBound..<range.lowerBound
        var value = name
        while let tag = try cursor.nextTag() {
            switch tag.field {
            case 1:
                try cursor.expect(.lengthDelimited, of: tag, "Label.name")
                name = try cursor.lengthDelimited()
            case 2:
                try cursor.expect(.lengthDelimited, of: tag, "Label.value")
                value = try cursor.lengthDelimited()
            default:
                try cursor.skip(tag.type)
            }
        }
        return (name, value)
    }

    private func check(
        _ bytes: UnsafeRawBufferPointer, name: Range<Int>, value: Range<Int>, previous: Range<Int>?, count: Int
    ) -> RemoteWriteRejection.Reason? {
        if count > limits.labelsPerSeries { return .tooManyLabels(limit: limits.labelsPerSeries) }
        if name.isEmpty { return .emptyLabelName }
        if name.count > limits.labelNameBytes {
            return .labelNameTooLong(bytes: name.count, limit: limits.labelNameBytes)
        }
        if value.count > limits.labelValueBytes {
            return .labelValueTooLong(
                name: shownName(bytes, name), bytes: value.count, limit: limits.labelValueBytes)
        }
        guard let previous else { return nil }
        switch order(bytes, previous, name) {
        case ..<0: return nil
        case 0: return .duplicateLabel(shownName(bytes, name))
        default: return .unsortedLabel(shownName(bytes, name), after: shownName(bytes, previous))
        }
    }

    /// Negative, zero or positive as the bytes of `left` come before, equal or come after those of `right`.
    private func order(_ bytes: UnsafeRawBufferPointer, _ left: Range<Int>, _ right: Range<Int>) -> Int {
        guard let start = bytes.baseAddress else { return 0 }
        let common = memcmp(start + left.lowerBound, start + right.lowerBound, min(left.count, right.count))
        return common != 0 ? Int(common) : left.count - right.count
    }

    @inline(__always)
    private func text(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String? {
        String(validating: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    private func shownName(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
        shortened(String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self))
    }

    /// Text from outside as it may stand in a message: short, without control characters.
    private func shortened(_ text: String) -> String {
        let longest = 80
        let printable = text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{fffd}" : $0 }
        return String(String.UnicodeScalarView(printable.prefix(longest)))
    }
}
