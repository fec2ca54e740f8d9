import AuspexSignals

/// The detectors that can be asked for by name. A value: whoever adds detectors of their own hands their copy on.
///
/// ```swift
/// var registry = DetectorRegistry.standard
/// try registry.register(batch: MyDetector.self)
/// let detector = try registry.makeBatch("my-detector:window=30")
/// ```
public struct DetectorRegistry: Sendable {
    private enum Entry: Sendable {
        case batch(any BatchDetector.Type)
        case streaming(any StreamingDetector.Type)
        case scheme(DetectorDescriptor, SchemeMaker)

        var descriptor: DetectorDescriptor {
            switch self {
            case .batch(let type): type.descriptor
            case .streaming(let type): type.descriptor
            case .scheme(let descriptor, _): descriptor
            }
        }
    }

    /// Makes a batch detector from all that follows the colon of a specification, as it was written.
    public typealias SchemeMaker = @Sendable (_ text: String) throws(DetectorError) -> any BatchDetector

    private var entries: [String: Entry] = [:]

    /// Creates a registry without detectors.
    public init() {}

    /// What each registered detector says of itself, by name.
    public var descriptors: [DetectorDescriptor] {
        entries.values.map(\.descriptor).sorted { $0.name < $1.name }
    }

    /// The descriptor of the detector `name`.
    ///
    /// - Throws: ``DetectorError/unknownDetector(name:nearest:known:)``.
    public func descriptor(of name: String) throws(DetectorError) -> DetectorDescriptor {
        try entry(name).descriptor
    }

    /// Adds a batch detector.
    ///
    /// - Throws: ``DetectorError/invalidRegistration(name:reason:)`` when the name is taken or has other characters than
    ///   `a-z`, `0-9` and `-`.
    public mutating func register(batch type: any BatchDetector.Type) throws(DetectorError) {
        try add(.batch(type))
    }

    /// Adds a streaming detector; the same errors.
    public mutating func register(streaming type: any StreamingDetector.Type) throws(DetectorError) {
        try add(.streaming(type))
    }

    /// Adds a scheme: batch detectors whose specification is `name:` and a text of the scheme's own, such as the command
    /// line of a program.
    ///
    /// - Parameters:
    ///   - descriptor: what `name` says of itself; its parameters are for readers, and `make` reads them.
    ///   - make: makes a detector from the text behind the colon, empty when there is none.
    /// - Throws: ``DetectorError/invalidRegistration(name:reason:)``, as for a detector.
    public mutating func register(
        scheme descriptor: DetectorDescriptor, make: @escaping SchemeMaker
    ) throws(DetectorError) {
        try add(.scheme(descriptor, make))
    }

    /// Makes the batch detector of a specification such as `knn:k=5,window=100`.
    ///
    /// A streaming detector is wrapped: it runs down the table's rows and gives, bit for bit, the stream's raw scores.
    public func makeBatch(_ specification: String) throws(DetectorError) -> any BatchDetector {
        if let (make, text) = scheme(of: specification) { return try make(text) }
        let given = try DetectorSpecification(specification)
        let entry = try entry(given.name)
        let parameters = try ParameterValues(given, descriptor: entry.descriptor)
        switch entry {
        case .batch(let type):
            if let composite = type as? any CompositeDetector.Type {
                return try composite.init(parameters: parameters, registry: self)
            }
            return try type.init(parameters: parameters)
        case .streaming(let type): return try Self.wrapped(type).init(parameters: parameters)
        case .scheme(_, let make): return try make("")
        }
    }

    /// Makes the streaming detector of a specification such as `ewma:halflife=20`.
    ///
    /// - Throws: ``DetectorError/notStreaming(name:streaming:)`` for a batch detector.
    public func makeStreaming(_ specification: String) throws(DetectorError) -> any StreamingDetector {
        if scheme(of: specification) != nil { throw notStreaming(Self.schemeName(specification)) }
        let given = try DetectorSpecification(specification)
        let type = try streamingType(given.name)
        return try type.init(parameters: ParameterValues(given, descriptor: type.descriptor))
    }

    /// Makes a streaming detector for tables that come in parts; nil when the detector needs the whole table.
    package func makeTableStream(_ specification: String) throws(DetectorError) -> TableStream? {
        guard scheme(of: specification) == nil else { return nil }
        let given = try DetectorSpecification(specification)
        guard case .streaming(let type) = try entry(given.name) else { return nil }
        return TableStream(try type.init(parameters: ParameterValues(given, descriptor: type.descriptor)))
    }

    /// Continues the streaming detector `name` from its snapshot.
    public func restoreStreaming(_ name: String, from bytes: [UInt8]) throws(DetectorError) -> any StreamingDetector {
        try streamingType(name).init(restoring: bytes)
    }

    private func streamingType(_ name: String) throws(DetectorError) -> any StreamingDetector.Type {
        guard case .streaming(let type) = try entry(name) else {
            throw notStreaming(name)
        }
        return type
    }

    private func notStreaming(_ name: String) -> DetectorError {
        .notStreaming(name: name, streaming: descriptors.filter { $0.kind == .streaming }.map(\.name))
    }

    /// What makes the detector and from which text, when the specification begins with the name of a scheme.
    private func scheme(of specification: String) -> (make: SchemeMaker, text: String)? {
        let name = Self.schemeName(specification)
        guard case .scheme(_, let make) = entries[name] else { return nil }
        return (make, String(specification.dropFirst(name.count + 1)))
    }

    private static func schemeName(_ specification: String) -> String {
        String(specification.prefix { $0 != ":" })
    }

    private func entry(_ name: String) throws(DetectorError) -> Entry {
        guard let entry = entries[name] else {
            let known = entries.keys.sorted()
            throw .unknownDetector(name: name, nearest: nearestName(to: name, among: known), known: known)
        }
        return entry
    }

    private mutating func add(_ entry: Entry) throws(DetectorError) {
        let name = entry.descriptor.name
        let allowed = name.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
        guard allowed, !name.isEmpty else {
            throw .invalidRegistration(name: name, reason: "a name is made of a-z, 0-9 and -")
        }
        guard entries[name] == nil else { throw .invalidRegistration(name: name, reason: "the name is taken") }
        entries[name] = entry
    }

    private static func wrapped<Stream: StreamingDetector>(_: Stream.Type) -> any BatchDetector.Type {
        StreamOverTable<Stream>.self
    }
}

extension DetectorRegistry {
    /// The detectors that ship.
    public static let standard: DetectorRegistry = {
        var registry = DetectorRegistry()
        registry.entries = Dictionary(
            uniqueKeysWithValues: shipped.map { ($0.descriptor.name, $0) })
        return registry
    }()

    private static var shipped: [Entry] {
        [
            .batch(MedianDeviation.self),
            .batch(StandardScore.self),
            .batch(SeasonalResidual.self),
            .batch(SeasonalDeviates.self),
            .batch(HistogramOutliers.self),
            .batch(RandomProjections.self),
            .batch(CopulaOutliers.self),
            .batch(CumulativeOutliers.self),
            .batch(NearestNeighbours.self),
            .batch(MultiScaleNeighbours.self),
            .batch(AutoDetector.self),
            .batch(Combiner.self),
            .batch(LocalOutlierFactor.self),
            .batch(MatrixProfile.self),
            .batch(PrincipalComponents.self),
            .batch(RobustComponents.self),
            .batch(SpectralResidual.self),
            .batch(LocalPolynomial.self),
            .batch(AutoRegression.self),
            .batch(VectorAutoRegression.self),
            .batch(HoltWinters.self),
            .batch(SeasonalTrendResidual.self),
            .batch(ClusterDistance.self),
            .batch(ClusterOutliers.self),
            .batch(CumulativeSum.self),
            .batch(PageHinkley.self),
            .batch(OnlineChangePoints.self),
            .batch(Segmentation.self),
            .batch(MahalanobisDistance.self),
            .batch(MinimumCovariance.self),
            .batch(IsolationForest.self),
            .batch(ExtendedIsolationForest.self),
            .batch(RandomCutForest.self),
            .streaming(RobustEWMA.self),
        ]
    }
}
