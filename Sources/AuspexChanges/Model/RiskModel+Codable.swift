import AuspexNumerics
import AuspexSignals
import Foundation

extension RiskModel: Codable {
    private enum CodingKeys: String, CodingKey {
        case format, measures, training, size, linear, trees, weights, calibration, tracker, profile
        case baseRate = "base_rate"
        case learnedTo = "learned_to"
        case lastChanges = "last_changes"
    }

    /// Reads a document and refuses one that is no model.
    ///
    /// - Throws: a decoding error, or ``RiskModelError``.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let format = try container.decode(Int.self, forKey: .format)
        guard format == Self.format else { throw RiskModelError.unknownFormat(format) }
        let measures = try container.decode([String].self, forKey: .measures)
        let known = ChangeFeature.allCases.map(\.rawValue)
        guard measures == known else {
            throw RiskModelError.damaged("its measures are \(measures), not \(known)")
        }
        training = try container.decode(Training.self, forKey: .training)
        size = try container.decode(ScaledLogistic.self, forKey: .size)
        linear = try container.decodeIfPresent(ScaledLogistic.self, forKey: .linear)
        trees = try container.decodeIfPresent(BoostedTrees.self, forKey: .trees)
        weights = try container.decode(PartWeights.self, forKey: .weights)
        calibration = try container.decode(Calibration.self, forKey: .calibration)
        tracker = try container.decode(RiskTracker.self, forKey: .tracker)
        learnedTo = try container.decode(Timestamp.self, forKey: .learnedTo)
        lastChanges = try container.decode([ChangeMeasures].self, forKey: .lastChanges)
        profile = try container.decode([MeasureProfile].self, forKey: .profile)
        if let fault { throw RiskModelError.damaged(fault) }
    }

    /// Reads the text of a document.
    package init(json text: String) throws(RiskModelError) {
        do {
            self = try JSONDecoder().decode(RiskModel.self, from: Data(text.utf8))
        } catch let error as RiskModelError {
            throw error
        } catch DecodingError.dataCorrupted(let context), DecodingError.keyNotFound(_, let context),
            DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context)
        {
            let place = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw .damaged((place.isEmpty ? "" : "\(place): ") + context.debugDescription)
        } catch {
            throw .damaged("\(error)")
        }
    }

    /// Writes the document.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.format, forKey: .format)
        try container.encode(ChangeFeature.allCases.map(\.rawValue), forKey: .measures)
        try container.encode(training, forKey: .training)
        try container.encode(training.baseRate, forKey: .baseRate)
        try container.encode(size, forKey: .size)
        try container.encode(linear, forKey: .linear)
        try container.encode(trees, forKey: .trees)
        try container.encode(weights, forKey: .weights)
        try container.encode(calibration, forKey: .calibration)
        try container.encode(tracker, forKey: .tracker)
        try container.encode(learnedTo, forKey: .learnedTo)
        try container.encode(lastChanges, forKey: .lastChanges)
        try container.encode(profile, forKey: .profile)
    }

    /// Why the parts make no model; nil when they do.
    private var fault: String? {
        guard (2...Self.largestCount).contains(training.changes), (1..<training.changes).contains(training.harmful),
            training.from <= training.to, training.to <= learnedTo
        else {
            return "its training is impossible"
        }
        if let fault = size.fault(width: RiskColumns.size.count) { return "size: \(fault)" }
        if let fault = linear?.fault(width: RiskColumns.linear.count) { return "linear: \(fault)" }
        if let fault = trees?.fault(width: RiskColumns.count) { return "trees: \(fault)" }
        if let fault = weights.fault { return fault }
        guard abs(calibration.intercept) <= Self.largestNumber, calibration.slope > 0,
            calibration.slope <= Self.largestNumber
        else {
            return "its calibration is impossible"
        }
        guard !lastChanges.isEmpty, lastChanges.count <= RankWindow.capacity else {
            return "\(lastChanges.count) last changes, 1 to \(RankWindow.capacity) are expected"
        }
        guard profile.count == ChangeMeasures.count else { return "\(profile.count) profiles" }
        if let fault = profile.lazy.compactMap(\.fault).first { return fault }
        return tracker.fault
    }
}
