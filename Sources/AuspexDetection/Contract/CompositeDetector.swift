/// A batch detector that is made of others, which it asks the registry for that makes it: so users' own detectors can be
/// its members.
///
/// Registered as every other batch detector. Where it is made without a registry its members are those that ship.
public protocol CompositeDetector: BatchDetector {
    /// Takes its parameters and makes its members.
    ///
    /// - Parameters:
    ///   - parameters: within their declared ranges already.
    ///   - registry: where the members are looked up; the detector itself is in it.
    /// - Throws: ``DetectorError`` for members that do not exist or are configured wrongly.
    init(parameters: ParameterValues, registry: DetectorRegistry) throws(DetectorError)
}

extension CompositeDetector {
    /// Makes the members from the detectors that ship.
    public init(parameters: ParameterValues) throws(DetectorError) {
        try self.init(parameters: parameters, registry: .standard)
    }
}
