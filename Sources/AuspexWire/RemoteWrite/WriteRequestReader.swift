import AuspexSignals

/// Reads `prometheus.WriteRequest` from its protobuf form.
struct WriteRequestReader {
    let limits: RemoteWriteLimits
    let cache: LabelCache?
    private var result = RemoteWriteResult()
    private var seriesIndex = 0
    private var samplesSeen = 0

    init(limits: RemoteWriteLimits, cache: LabelCache?) {
        self.limits = limits
        self.cache = cache
    }

    /// Reads the whole message.
    mutating func read(_ bytes: UnsafeRawBufferPointer) throws(RemoteWriteError) -> RemoteWriteResult {
        var cursor = ProtobufCursor<RemoteWriteError>(bytes, in: 0..<bytes.count)
        while let tag = try cursor.nextTag() {
            switch tag.field {
            case 1:
                try cursor.expect(.lengthDelimited, of: tag, "WriteRequest.timeseries")
                guard seriesIndex < limits.series else { throw .tooManySeries(limit: limits.series) }
                try readSeries(bytes, in: try cursor.lengthDelimited())
                seriesIndex += 1
            case 3:
                try cursor.expect(.lengthDelimited, of: tag, "WriteRequest.metadata")
                _ = try cursor.lengthDelimited()
                result.metadata += 1
            default:
                try cursor.skip(tag.type)
            }
        }
        return result
    }

    /// What the first walk over a series finds.
    private struct Outline {
        /// The labels, when they stand together, as all known senders write them.
        var labels: Range<Int>
        /// Whether there are labels outside of ``labels`` too.
        var hasScatteredLabels = false
        var samples = 0
    }

    private mutating func readSeries(
        _ bytes: UnsafeRawBufferPointer, in range: Range<Int>
    ) throws(RemoteWriteError) {
        let outline = try outline(bytes, in: range)
        samplesSeen += outline.samples
        guard samplesSeen <= limits.samples else { throw .tooManySamples(limit: limits.samples) }
        // The samples are read even if the labels are bad: a malformed message must not half succeed.
        let samples = try readSamples(bytes, in: range, count: outline.samples)
        switch try labels(bytes, in: range, outline) {
        case .success(let labels):
            if !samples.isEmpty { result.batch.series.append(SeriesSamples(labels: labels, samples: samples)) }
        case .failure(let rejected):
            result.rejectedSeries += 1
            result.rejectedSamples += samples.count
            if result.rejections.count < limits.describedRejections {
                result.rejections.append(
                    RemoteWriteRejection(index: seriesIndex, metric: rejected.metric, reason: rejected.reason))
            }
        }
    }

    private mutating func outline(
        _ bytes: UnsafeRawBufferPointer, in range: Range<Int>
    ) throws(RemoteWriteError) -> Outline {
        var outline = Outline(labels: range.lowerBound..<range.lowerBound)
        var cursor = ProtobufCursor<RemoteWriteError>(bytes, in: range)
        var start = cursor.position
        while let tag = try cursor.nextTag() {
            switch tag.field {
            case 1:
                try cursor.expect(.lengthDelimited, of: tag, "TimeSeries.labels")
                _ = try cursor.lengthDelimited()
                if outline.labels.isEmpty {
                    outline.labels = start..<cursor.position
                } else if outline.labels.upperBound == start {
                    outline.labels = outline.labels.lowerBound..<cursor.position
                } else {
                    outline.hasScatteredLabels = true
                }
            case 2:
                try cursor.expect(.lengthDelimited, of: tag, "TimeSeries.samples")
                _ = try cursor.lengthDelimited()
                outline.samples += 1
            case 3:
                try cursor.expect(.lengthDelimited, of: tag, "TimeSeries.exemplars")
                _ = try cursor.lengthDelimited()
                result.exemplars += 1
            case 4:
                try cursor.expect(.lengthDelimited, of: tag, "TimeSeries.histograms")
                _ = try cursor.lengthDelimited()
                result.histograms += 1
            default:
                try cursor.skip(tag.type)
            }
            start = cursor.position
        }
        return outline
    }

    private func labels(
        _ bytes: UnsafeRawBufferPointer, in range: Range<Int>, _ outline: Outline
    ) throws(RemoteWriteError) -> Result<Labels, LabelSetReader.Rejected> {
        let reader = LabelSetReader(limits: limits)
        guard !outline.hasScatteredLabels else { return try reader.read(bytes, in: range) }
        let key = UnsafeRawBufferPointer(rebasing: bytes[outline.labels])
        if let known = cache?.labels(for: key) { return .success(known) }
        let read = try reader.read(bytes, in: outline.labels)
        if case .success(let labels) = read { cache?.insert(labels, for: key) }
        return read
    }

    private func readSamples(
        _ bytes: UnsafeRawBufferPointer, in range: Range<Int>, count: Int
    ) throws(RemoteWriteError) -> [Sample] {
        guard count > 0 else { return [] }
        var samples: [Sample] = []
        samples.reserveCapacity(count)
        var ascending = true
        var cursor = ProtobufCursor<RemoteWriteError>(bytes, in: range)
        while let tag = try cursor.nextTag() {
            guard tag.field == 2 else {
                try cursor.skip(tag.type)
                continue
            }
            let sample = try readSample(bytes, in: try cursor.lengthDelimited())
            if let last = samples.last, last.time > sample.time { ascending = false }
            samples.append(sample)
        }
        // The specification asks for ascending time; a sender that errs loses nothing by it. The sort is stable.
        return ascending ? samples : samples.sorted { $0.time < $1.time }
    }

    @inline(__always)
    private func readSample(
        _ bytes: UnsafeRawBufferPointer, in range: Range<Int>
    ) throws(RemoteWriteError) -> Sample {
        var cursor = ProtobufCursor<RemoteWriteError>(bytes, in: range)
        // Fields that are missing are 0, as in all of proto3. Kept as bits: a staleness marker is a signalling NaN.
        var bits: UInt64 = 0
        var time: Int64 = 0
        while let tag = try cursor.nextTag() {
            switch tag.field {
            case 1:
                try cursor.expect(.fixed64, of: tag, "Sample.value")
                bits = try cursor.fixed64()
            case 2:
                try cursor.expect(.varint, of: tag, "Sample.timestamp")
                time = Int64(bitPattern: try cursor.varint())
            default:
                try cursor.skip(tag.type)
            }
        }
        return Sample(time: Timestamp(milliseconds: time), value: Double(bitPattern: bits))
    }
}
