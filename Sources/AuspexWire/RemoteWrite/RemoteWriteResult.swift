package import AuspexSignals

/// What came out of a remote write request.
package struct RemoteWriteResult: Hashable, Sendable {
    /// The samples that were accepted, in the order of the request; series without samples are left out.
    package var batch = SignalBatch()
    /// The first of the series that were left out, each with the reason.
    package var rejections: [RemoteWriteRejection] = []
    /// How many series were left out, whether described or not.
    package var rejectedSeries = 0
    /// How many samples were left out with them.
    package var rejectedSamples = 0
    /// How many exemplars there were. They are not kept.
    package var exemplars = 0
    /// How many native histograms there were. They are not kept.
    package var histograms = 0
    /// How many descriptions of metrics there were. They are not kept.
    package var metadata = 0

    /// The HTTP status to answer with: 204, or 400 when something was left out, as the specification asks.
    package var status: Int { rejectedSeries == 0 ? 204 : 400 }

    /// The text to answer with when something was left out; nil when nothing was.
    package var problem: String? {
        guard rejectedSeries > 0 else { return nil }
        let reasons = rejections.map(\.description).joined(separator: "; ")
        let more = rejectedSeries > rejections.count ? "; and \(rejectedSeries - rejections.count) more series" : ""
        return
            "\(rejectedSeries) series with \(rejectedSamples) samples refused, \(batch.sampleCount) samples accepted: "
            + reasons + more
    }
}

/// A series that was left out.
package struct RemoteWriteRejection: Hashable, Sendable, CustomStringConvertible {
    /// Why.
    package enum Reason: Hashable, Sendable, CustomStringConvertible {
        /// There is no label at all, or only labels with empty values.
        case noLabels
        /// A label has no name.
        case emptyLabelName
        /// A name occurs twice.
        case duplicateLabel(String)
        /// A name comes after one that it should precede.
        case unsortedLabel(String, after: String)
        /// A name or a value is not UTF-8.
        case invalidUTF8
        /// There are more labels than the limit.
        case tooManyLabels(limit: Int)
        /// A name is longer than the limit.
        case labelNameTooLong(bytes: Int, limit: Int)
        /// A value is longer than the limit.
        case labelValueTooLong(name: String, bytes: Int, limit: Int)

        package var description: String {
            switch self {
            case .noLabels: "has no labels; at least __name__ is expected"
            case .emptyLabelName: "has a label without a name"
            case .duplicateLabel(let name): "has the label '\(name)' twice"
            case .unsortedLabel(let name, let previous):
                "has the label '\(name)' after '\(previous)'; labels must be sorted by name"
            case .invalidUTF8: "has a label that is not UTF-8"
            case .tooManyLabels(let limit): "has more than \(limit) labels"
            case .labelNameTooLong(let bytes, let limit):
                "has a label name of \(bytes) bytes, the limit is \(limit)"
            case .labelValueTooLong(let name, let bytes, let limit):
                "has a value of \(bytes) bytes for the label '\(name)', the limit is \(limit)"
            }
        }
    }

    /// The position of the series in the request, from 0.
    package var index: Int
    /// The metric's name if it could be read; empty otherwise.
    package var metric: String
    /// Why it was left out.
    package var reason: Reason

    package var description: String {
        "series \(index)" + (metric.isEmpty ? "" : " ('\(metric)')") + " \(reason)"
    }
}
