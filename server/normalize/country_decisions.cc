#include "server/normalize/country_decisions.h"

namespace selfsame::normalize {
namespace {

constexpr CountryDecision kDecisions[] = {
    // Abbreviations and names in daily use that no standard lists.
    {"UK", "GB"}, {"Great Britain", "GB"}, {"Britain", "GB"}, {"England", "GB"},
    {"Scotland", "GB"}, {"Wales", "GB"}, {"Northern Ireland", "GB"},
    {"United Kingdom of Great Britain and Northern Ireland", "GB"},
    {"Eire", "IE"}, {"Republic of Ireland", "IE"}, {"Southern Ireland", "IE"}, {"ROI", "IE"},
    {"RSA", "ZA"}, {"KSA", "SA"}, {"UAE", "AE"}, {"Emirates", "AE"},
    {"USA", "US"}, {"U S A", "US"}, {"America", "US"}, {"United States of America", "US"},
    {"The States", "US"}, {"PRC", "CN"}, {"Mainland China", "CN"}, {"ROC", "TW"},
    {"Republic of China", "TW"}, {"Taiwan", "TW"}, {"DRC", "CD"}, {"DR Congo", "CD"},
    {"Congo DR", "CD"}, {"Congo Kinshasa", "CD"}, {"Congo Brazzaville", "CG"},
    {"Republic of Congo", "CG"}, {"Zaire", "CD"}, {"PNG", "PG"}, {"BRD", "DE"}, {"FRG", "DE"},
    {"West Germany", "DE"}, {"East Germany", "DE"}, {"Federal Republic of Germany", "DE"},
    {"Holland", "NL"}, {"Czech Republic", "CZ"}, {"Czechia", "CZ"}, {"Burma", "MM"},
    {"Ivory Coast", "CI"}, {"Swaziland", "SZ"}, {"Cape Verde", "CV"}, {"Macau", "MO"},
    {"Macedonia", "MK"}, {"FYROM", "MK"}, {"East Timor", "TL"}, {"Turkey", "TR"},
    {"Vatican", "VA"}, {"Holy See", "VA"}, {"Russia", "RU"}, {"Persia", "IR"}, {"Ceylon", "LK"},
    {"Siam", "TH"}, {"Rhodesia", "ZW"}, {"South Korea", "KR"}, {"S Korea", "KR"},
    {"North Korea", "KP"}, {"N Korea", "KP"}, {"ROK", "KR"}, {"DPRK", "KP"}, {"Kosovo", "XK"},
    {"Palestine", "PS"}, {"Hong Kong", "HK"}, {"Bosnia", "BA"}, {"Brasil", "BR"},
    {"Trinidad", "TT"}, {"Antigua", "AG"}, {"St Kitts", "KN"}, {"St Vincent", "VC"},
    {"Canary Islands", "ES"}, {"Balearic Islands", "ES"}, {"Madeira", "PT"}, {"Azores", "PT"},
    {"Hawaii", "US"}, {"Saint Martin", "MF"}, {"Sint Maarten", "SX"}, {"El", "GR"},
    // The same in other languages, where CLDR has another name.
    {"Gro\u00dfbritannien", "GB"}, {"Grande-Bretagne", "GB"}, {"Gran Breta\u00f1a", "GB"},
    {"Gran Bretagna", "GB"}, {"Gr\u00e3-Bretanha", "GB"}, {"Groot-Brittanni\u00eb", "GB"},
    {"Angleterre", "GB"}, {"Inglaterra", "GB"}, {"Inghilterra", "GB"}, {"Schottland", "GB"},
    {"Elfenbeink\u00fcste", "CI"}, {"Hollande", "NL"}, {"Olanda", "NL"}, {"Birmania", "MM"},
    {"Birmanie", "MM"}, {"Etats-Unis d'Amerique", "US"}, {"Estados Unidos de America", "US"},
    {"Vereinigte Staaten von Amerika", "US"}, {"Russische Federatie", "RU"},
    {"Tsjechische Republiek", "CZ"}, {"Kongo", kAmbiguousCountry}, {"Corea", kAmbiguousCountry},
    // Codes of sports and road traffic, where ISO gives the letters to nobody else.
    {"GER", "DE"}, {"SUI", "CH"}, {"NED", "NL"}, {"DEN", "DK"}, {"POR", "PT"}, {"CRO", "HR"},
    {"GRE", "GR"}, {"BUL", "BG"}, {"LAT", "LV"}, {"SLO", "SI"}, {"CHI", "CL"},
    {"URU", "UY"}, {"PAR", "PY"}, {"PHI", "PH"}, {"INA", "ID"}, {"MAS", "MY"}, {"VIE", "VN"},
    {"ALG", "DZ"}, {"NGR", "NG"}, {"ZIM", "ZW"}, {"ZAM", "ZM"}, {"TPE", "TW"}, {"CRC", "CR"},
    {"GUA", "GT"}, {"HON", "HN"}, {"ESA", "SV"}, {"KUW", "KW"}, {"IRI", "IR"}, {"MGL", "MN"},
    // Names of more than one country of today.
    {"Korea", kAmbiguousCountry}, {"Congo", kAmbiguousCountry},
    {"Channel Islands", kAmbiguousCountry}, {"Virgin Islands", kAmbiguousCountry},
    {"West Indies", kAmbiguousCountry}, {"Yugoslavia", kAmbiguousCountry},
    {"Czechoslovakia", kAmbiguousCountry}, {"USSR", kAmbiguousCountry},
    {"Soviet Union", kAmbiguousCountry}, {"Serbia and Montenegro", kAmbiguousCountry},
    {"Netherlands Antilles", kAmbiguousCountry}, {"Dutch Antilles", kAmbiguousCountry},
    {"Guiana", kAmbiguousCountry}, {"Borneo", kAmbiguousCountry},
    // Said not to be known.
    {"Unspecified", kUnspecifiedCountry}, {"Unknown", kUnspecifiedCountry},
    {"Not specified", kUnspecifiedCountry}, {"Not available", kUnspecifiedCountry},
    {"Not applicable", kUnspecifiedCountry},
    {"None", kUnspecifiedCountry}, {"Null", kUnspecifiedCountry}, {"Other", kUnspecifiedCountry},
    {"Stateless", kUnspecifiedCountry}, {"ZZ", kUnspecifiedCountry}, {"XX", kUnspecifiedCountry},
    // More than a country.
    {"European Community", kNotACountry}, {"European Union", kNotACountry}, {"EU", kNotACountry},
    {"EEC", kNotACountry}, {"Eurozone", kNotACountry}, {"EFTA", kNotACountry},
    {"Europe", kNotACountry}, {"Africa", kNotACountry}, {"Asia", kNotACountry},
    {"North America", kNotACountry}, {"South America", kNotACountry},
    {"Latin America", kNotACountry}, {"Central America", kNotACountry},
    {"Oceania", kNotACountry}, {"Middle East", kNotACountry}, {"Caribbean", kNotACountry},
    {"Scandinavia", kNotACountry}, {"Benelux", kNotACountry}, {"World", kNotACountry},
    {"Worldwide", kNotACountry}, {"International", kNotACountry}, {"Global", kNotACountry},
    {"EMEA", kNotACountry}, {"APAC", kNotACountry}, {"United Nations", kNotACountry},
    {"UN", kNotACountry},
};

}  // namespace

std::span<const CountryDecision> CountryDecisions() { return kDecisions; }

}  // namespace selfsame::normalize
