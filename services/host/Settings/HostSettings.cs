using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Glue.Host.Settings;

/// <summary>
/// The user's settings of the services: a JSON file (<c>--config</c>), then environment variables <c>GLUE_SECTION__KEY</c>, which win.
/// What it does not know it refuses: a misspelt setting that is silently ignored is worse than a stack that does not start.
/// </summary>
internal sealed class HostSettings
{
    private const string VariablePrefix = "GLUE_";
    private const string VariableSeparator = "__";

    private readonly IConfigurationRoot _configuration;
    private readonly Dictionary<string, Type> _sections = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _faults = [];

    private HostSettings(IConfigurationRoot configuration) => _configuration = configuration;

    /// <param name="file">Null: environment variables only.</param>
    /// <param name="commandLine">What options of the command line say: they win over both.</param>
    /// <exception cref="StartupException">The file is missing or no JSON.</exception>
    public static HostSettings Load(string? file, params IEnumerable<KeyValuePair<string, string?>> commandLine) =>
        Load(file, Environment.GetEnvironmentVariables(), commandLine);

    internal static HostSettings Load(string? file, IDictionary environment, params IEnumerable<KeyValuePair<string, string?>> commandLine)
    {
        var builder = new ConfigurationBuilder();
        if (file is not null)
        {
            builder.AddJsonFile(Path.GetFullPath(file), optional: false);
        }

        builder.AddInMemoryCollection(VariablesOf(environment)).AddInMemoryCollection(commandLine);
        try
        {
            return new HostSettings(builder.Build());
        }
        catch (FileNotFoundException e)
        {
            throw new StartupException($"There is no settings file {Path.GetFullPath(file!)}.", e);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The settings file {Path.GetFullPath(file!)} cannot be read: {(e.InnerException ?? e).Message}", e);
        }
    }

    /// <summary>
    /// Overlays a service's defaults with what the user set in a section. Faults are kept for <see cref="EnsureValid"/>, so that all of
    /// them are shown at once. Required properties are the host's own business (folders below <c>--data</c>) and no settings.
    /// </summary>
    /// <param name="section">Its name; a nested one with a colon.</param>
    /// <param name="options">Made by the caller for this call: it is changed in place.</param>
    /// <returns><paramref name="options"/>.</returns>
    public T Apply<T>(string section, T options)
        where T : class
    {
        _sections.Add(section, typeof(T));
        if (_configuration[section] is { Length: > 0 } scalar)
        {
            _faults.Add($"{section}: '{scalar}' is not a group of settings.");
        }

        foreach (var setting in _configuration.GetSection(section).GetChildren())
        {
            if (PropertyOf(typeof(T), setting.Key) is { } property)
            {
                Set(options, property, setting);
            }
        }

        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true);
        _faults.AddRange(faults.Select(fault => $"{section}: {fault.ErrorMessage}"));
        return options;
    }

    /// <exception cref="StartupException">Lists every fault, and every setting that nobody asked for.</exception>
    public void EnsureValid()
    {
        var faults = _faults.Concat(Unknown(_configuration.GetChildren(), owner: null)).ToList();
        foreach (var (section, owner) in _sections)
        {
            faults.AddRange(Unknown(_configuration.GetSection(section).GetChildren(), owner));
        }

        if (faults.Count > 0)
        {
            throw new StartupException("The settings are wrong:" + string.Concat(faults.Select(static fault => $"{Environment.NewLine}  {fault}")));
        }
    }

    private static IEnumerable<KeyValuePair<string, string?>> VariablesOf(IDictionary environment)
    {
        foreach (DictionaryEntry variable in environment)
        {
            // GLUE_ACCESS_KEY and its like have no section: they are not settings of a service.
            if (variable.Key is string name && name.StartsWith(VariablePrefix, StringComparison.Ordinal)
                && name.Contains(VariableSeparator, StringComparison.Ordinal))
            {
                yield return new(name[VariablePrefix.Length..].Replace(VariableSeparator, ":", StringComparison.Ordinal), variable.Value as string);
            }
        }
    }

    private static IEnumerable<PropertyInfo> SettingsOf(Type options) => options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(static property => property.CanWrite && !property.IsDefined(typeof(RequiredMemberAttribute)));

    private static PropertyInfo? PropertyOf(Type options, string name) =>
        SettingsOf(options).FirstOrDefault(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private void Set(object options, PropertyInfo property, IConfigurationSection setting)
    {
        try
        {
            // A list is replaced: the framework's binder would append to the default. And it skips entries that it cannot read.
            var value = setting.Get(property.PropertyType);
            if (value is null || (value is ICollection list && list.Count != setting.GetChildren().Count()))
            {
                throw new InvalidOperationException($"{setting.Path} does not hold {Describe(property.PropertyType)}.");
            }

            property.SetValue(options, value);
        }
        catch (InvalidOperationException)
        {
            var given = string.Join(", ", setting.GetChildren().Prepend(setting).Where(static part => part.Value is not null).Select(static part => $"'{part.Value}'"));
            _faults.Add($"{setting.Path}: {given} is not {Describe(property.PropertyType)}.");
        }
    }

    private IEnumerable<string> Unknown(IEnumerable<IConfigurationSection> settings, Type? owner)
    {
        foreach (var setting in settings)
        {
            if (_sections.Keys.Any(section => IsAtOrBelow(section, setting.Path)) || (owner is not null && PropertyOf(owner, setting.Key) is not null))
            {
                continue;
            }

            var known = owner is null ? _sections.Keys.Where(static section => !section.Contains(':', StringComparison.Ordinal)) : SettingsOf(owner).Select(static property => property.Name);
            yield return $"{setting.Path} is unknown; there are: {string.Join(", ", known.Order(StringComparer.Ordinal))}.";
        }
    }

    private static bool IsAtOrBelow(string section, string path) =>
        section.Equals(path, StringComparison.OrdinalIgnoreCase) || section.StartsWith(path + ":", StringComparison.OrdinalIgnoreCase);

    private static string Describe(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(TimeSpan) => "a duration, written [days.]hours:minutes:seconds[.fraction], such as 00:01:30",
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(string) => "a text",
            _ when type.IsEnum => "one of " + string.Join(", ", Enum.GetNames(type)),
            _ when type.IsPrimitive => "a whole number",
            { IsGenericType: true } => $"a list; each entry: {Describe(type.GenericTypeArguments[0])}",
            _ => "a " + type.Name,
        };
    }
}
